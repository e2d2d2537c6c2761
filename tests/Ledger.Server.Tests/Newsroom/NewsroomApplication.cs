using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Weasel.Core;

namespace Ledger.Server.Tests;

/// <summary>A Marten application of somebody else's that opens a ledger's database: docs/marten.md shows it as it stands here.</summary>
public static class NewsroomApplication
{
    // What docs/marten.md shows begins here.
    public static void Configure(StoreOptions options, string connectionString)
    {
        options.Connection(connectionString);

        // The log belongs to the ledger: Marten must neither create nor change it.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.DatabaseSchemaName = "newsroom";            // your documents
        options.Events.DatabaseSchemaName = "newsroom";     // views of the log, and the progress of your daemon
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);

        // Your classes, our names: only the properties that you want, no package of ours.
        options.Events.MapEventType<Claim>("claim_recorded");
        options.Events.MapEventType<Denial>("denial_recorded");
        options.Projections.Snapshot<Standing>(SnapshotLifecycle.Async);
    }

    public sealed record Claim(string Proposition);

    public sealed record Denial(string Party, string Statement);

    public sealed class Standing
    {
        public string Id { get; set; } = "";

        public string Proposition { get; set; } = "";

        public List<string> DeniedBy { get; set; } = [];

        public void Apply(Claim claim) => Proposition = claim.Proposition;

        public void Apply(Denial denial) => DeniedBy.Add(denial.Party);
    }

    // And ends here.
}
