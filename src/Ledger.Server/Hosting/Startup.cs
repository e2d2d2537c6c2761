using JasperFx;
using Ledger.LocalPostgres;
using Ledger.Store;
using Marten;

namespace Ledger.Server;

/// <summary>
/// Runs what the command line asks for: one of the ledger's own commands (<see cref="LedgerCommands"/>), or one of Marten's and JasperFx's.
/// </summary>
internal static class Startup
{
    private const int Failed = 1;

    internal static async Task<int> RunAsync(string[] args)
    {
        using var stopping = new CancellationTokenSource();
        var words = args.TakeWhile(a => !a.StartsWith('-')).ToArray();
        if (args.Any(LedgerCommands.AsksForHelp))
        {
            return await HelpAsync(["help", .. words]);
        }

        try
        {
            return words switch
            {
                [] or ["run"] => await ServeAsync(Builder(args, words), null, stopping.Token),
                ["demo"] => await ServeAsync(Builder(args, words), app => DemoCommand.RunAsync(app, args.Contains("--exit", StringComparer.Ordinal), stopping.Token), stopping.Token),
                ["migrate"] => await MigrateAsync(Settings(args, words), stopping.Token),
                ["rebuild", .. var names] => await RebuildCommand.RunAsync(Settings(args, words), names, verifyOnly: false, Say, stopping.Token),
                ["verify", .. var names] => await RebuildCommand.RunAsync(Settings(args, words), names, verifyOnly: true, Say, stopping.Token),
                ["help", ..] or [_] when LedgerCommands.IsHelp(words) => await HelpAsync(args),
                _ => await LibraryAsync(args, words, stopping.Token),
            };
        }
        catch (LocalPostgresException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }

    private static WebApplicationBuilder Builder(string[] args, string[] words)
    {
        var builder = WebApplication.CreateSlimBuilder([.. args.Skip(words.Length).Where(a => a != "--exit")]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        return builder;
    }

    private static LedgerSettings Settings(string[] args, string[] words) => LedgerSettings.From(Builder(args, words).Configuration);

    private static async Task<int> ServeAsync(WebApplicationBuilder builder, Func<WebApplication, Task<int?>>? then, CancellationToken cancellationToken)
    {
        var settings = LedgerSettings.From(builder.Configuration);
        if (settings.IsLocal && settings.AdminKey is null)
        {
            settings = settings with { AdminKey = await LocalAdminKey.LoadOrMakeAsync(settings.DataDirectory, Say, cancellationToken) };
        }

        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && builder.Configuration.GetSection("Kestrel:Endpoints").Exists() is false)
        {
            builder.WebHost.UseUrls(LedgerServer.DefaultUrl);
        }

        await using var database = await LedgerDatabase.OpenAsync(settings, attach: false, Say, cancellationToken);
        await using var app = await LedgerServer.BuildAsync(builder, settings, database, cancellationToken);
        await app.StartAsync(cancellationToken);
        Say($"Serving on {string.Join(", ", app.Urls)}");
        if (settings.AdminKey is null)
        {
            Say("No admin key is set, so nothing can be recorded: set Ledger__AdminKey and start again.");
        }

        if (then is not null && await then(app) is { } code)
        {
            await app.StopAsync(CancellationToken.None);
            return code;
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task<int> MigrateAsync(LedgerSettings settings, CancellationToken cancellationToken)
    {
        await using var database = await LedgerDatabase.OpenAsync(settings, attach: true, Say, cancellationToken);
        Say("The database is current.");
        return 0;
    }

    /// <summary>Lists the commands, or explains one. Needs no database.</summary>
    private static async Task<int> HelpAsync(string[] args)
    {
        using var host = Host.CreateEmptyApplicationBuilder(new()).Build();
        await host.RunJasperFxCommands(args, null);     // JasperFx reports the explanation of one command as a failure, so its result is ignored.
        return 0;
    }

    /// <summary>
    /// The libraries' own commands (<c>describe</c>, <c>db-apply</c>, <c>db-assert</c>, <c>db-patch</c>, <c>projections</c>, <c>resources</c>), run
    /// as the owner with the configuration of the service. The settings come only from files and the environment, because the flags belong to the
    /// libraries.
    /// </summary>
    private static async Task<int> LibraryAsync(string[] args, string[] words, CancellationToken cancellationToken)
    {
        if (!LedgerCommands.IsKnown(words[0]))
        {
            await Console.Error.WriteLineAsync(
                $"\"{string.Join(' ', words)}\" is no command. Give none to serve, or: demo [--exit], migrate, rebuild [projection…], verify [projection…]; help lists all.");
            return LedgerCommands.Usage;
        }

        await using var database = await LedgerDatabase.OpenAsync(Settings([], []), attach: true, Say, cancellationToken, migrate: false);
        await using var owner = Migrator.OwnerDataSource(database.OwnerConnectionString);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddMarten(options => MartenConfiguration.Configure(options, owner, LedgerModel.WithProjections(database.Store)));
        using var host = builder.Build();
        return await host.RunJasperFxCommands(args, null);
    }

    private static void Say(string line) => Console.WriteLine(line);
}
