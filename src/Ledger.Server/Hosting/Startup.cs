using Ledger.LocalPostgres;

namespace Ledger.Server;

/// <summary>What the command line asks for: serve, demo, migrate, rebuild, verify.</summary>
internal static class Startup
{
    private const int Failed = 1;
    private const int Usage = 2;

    internal static async Task<int> RunAsync(string[] args)
    {
        using var stopping = new CancellationTokenSource();
        var words = args.TakeWhile(a => !a.StartsWith('-')).ToArray();
        var exit = args.Contains("--exit", StringComparer.Ordinal);
        var builder = WebApplication.CreateSlimBuilder([.. args.Skip(words.Length).Where(a => a != "--exit")]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        var settings = LedgerSettings.From(builder.Configuration);
        try
        {
            return words switch
            {
                [] => await ServeAsync(builder, settings, null, stopping.Token),
                ["demo"] => await ServeAsync(builder, settings, app => DemoCommand.RunAsync(app, exit, stopping.Token), stopping.Token),
                ["migrate"] => await MigrateAsync(settings, stopping.Token),
                ["rebuild", .. var names] => await RebuildCommand.RunAsync(settings, names, verifyOnly: false, Say, stopping.Token),
                ["verify", .. var names] => await RebuildCommand.RunAsync(settings, names, verifyOnly: true, Say, stopping.Token),
                _ => Explain(words),
            };
        }
        catch (LocalPostgresException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }

    private static async Task<int> ServeAsync(WebApplicationBuilder builder, LedgerSettings settings, Func<WebApplication, Task<int?>>? then, CancellationToken cancellationToken)
    {
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

    private static int Explain(string[] words)
    {
        Console.Error.WriteLine($"\"{string.Join(' ', words)}\" is no command. Give none to serve, or: demo [--exit], migrate, rebuild [projection…], verify [projection…].");
        return Usage;
    }

    private static void Say(string line) => Console.WriteLine(line);
}
