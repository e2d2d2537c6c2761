using JasperFx.CommandLine;

namespace Ledger.Server;

/// <summary>
/// The ledger's own commands, which <c>help</c> lists beside those of the libraries. Each command runs <see cref="Startup"/> with its name.
/// </summary>
public static class LedgerCommands
{
    /// <summary>The exit code for a command line that is not valid.</summary>
    internal const int Usage = 2;

    /// <summary>Whether a flag asks for help. Without this check, such a flag alone would start the service.</summary>
    internal static bool AsksForHelp(string flag) => flag is "--help" or "-h" or "-?";

    internal static bool IsHelp(string[] words) => words is ["help", ..] or ["?"];

    /// <summary>Whether a library knows the command.</summary>
    internal static bool IsKnown(string word)
    {
        var factory = new CommandFactory();
        foreach (var library in new[] { typeof(JasperFxCommand<>), typeof(JasperFx.Events.IEvent), typeof(Weasel.Core.ISchemaObject), typeof(Marten.IDocumentStore) })
        {
            factory.RegisterCommands(library.Assembly);
        }

        return factory.AllCommandTypes().Select(CommandFactory.CommandNameFor).Contains(word, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Runs a command in the same way as the command line does.</summary>
    private static bool Run(params string[] args) => Startup.RunAsync(args).GetAwaiter().GetResult() == 0;

    /// <summary>No arguments, no flags.</summary>
    public sealed class NoInput;

    /// <summary>Which projections are meant.</summary>
    public sealed class ProjectionsInput
    {
        /// <summary>The projections; all that can be rebuilt if none is named.</summary>
        [JasperFx.CommandLine.Description("Projections, such as AssertionList; all where none is named")]
        public IEnumerable<string> Names { get; set; } = [];
    }

    /// <summary>Whether to stop after recording.</summary>
    public sealed class DemoInput
    {
        /// <summary>Stops after recording.</summary>
        [JasperFx.CommandLine.Description("Stop after recording instead of serving on")]
        public bool ExitFlag { get; set; }
    }

    [JasperFx.CommandLine.Description("Record the two reports of 2018 and keep serving, e.g. demo --exit", Name = "demo")]
    public sealed class Demo : JasperFxCommand<DemoInput>
    {
        public override bool Execute(DemoInput input) => input.ExitFlag ? Run("demo", "--exit") : Run("demo");
    }

    [JasperFx.CommandLine.Description("Bring the database to the present shape, as its owner, e.g. migrate", Name = "migrate")]
    public sealed class Migrate : JasperFxCommand<NoInput>
    {
        public override bool Execute(NoInput input) => Run("migrate");
    }

    [JasperFx.CommandLine.Description("Build read models anew beside those in service and take over, e.g. rebuild AssertionList", Name = "rebuild")]
    public sealed class Rebuild : JasperFxCommand<ProjectionsInput>
    {
        public Rebuild()
        {
            Usage("Rebuild every read model").Arguments();
            Usage("Rebuild some").Arguments(x => x.Names);
        }

        public override bool Execute(ProjectionsInput input) => Run(["rebuild", .. input.Names]);
    }

    [JasperFx.CommandLine.Description("Compare read models with a fold from the beginning, e.g. verify AssertionList", Name = "verify")]
    public sealed class Verify : JasperFxCommand<ProjectionsInput>
    {
        public Verify()
        {
            Usage("Verify every read model").Arguments();
            Usage("Verify some").Arguments(x => x.Names);
        }

        public override bool Execute(ProjectionsInput input) => Run(["verify", .. input.Names]);
    }
}
