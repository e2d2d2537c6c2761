using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// The flags that a later version of a source sets on assertions, each with the positions between which it is set. The version is an event in the source's
/// stream, so the assertion's own rows do not have these flags. Lists read them in addition to those rows.
/// </summary>
internal sealed class TextFlagProjection : IReadModel
{
    internal const string ProgressName = "TextFlags:All";

    internal const string Orphaned = "evidenceOrphaned";
    internal const string Changed = "textChangedWithoutNotice";
    internal const string Typographic = "typographicChange";

    /// <summary>
    /// The maximum number of statements in one batch. Each statement depends on the ones before it, so they cannot be merged into one statement.
    /// </summary>
    private const int StatementsMax = 500;

    public string Name => "TextFlags";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(VersionCaptured), typeof(Withdrawn), typeof(CorrectionIssued), typeof(RetractionIssued), typeof(ConcernExpressed)];

    /// <summary>Creates its tables with the indexes.</summary>
    internal const string CreateSql = """
        create table if not exists ledger_read.text_flag (
            assertion text collate "C" not null, evidence uuid not null, flag text not null, from_pos bigint not null, to_pos bigint,
            primary key (assertion, evidence, flag, from_pos));
        create index if not exists text_flag_evidence on ledger_read.text_flag (evidence) where to_pos is null;
        create index if not exists text_flag_flag on ledger_read.text_flag (flag, from_pos);
        create table if not exists ledger_read.noticed (assertion text collate "C" primary key);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var e in page)
        {
            switch (e.Data)
            {
                case VersionCaptured { Evidence.Count: > 0 } version:
                    Searched(batch, version.Evidence, e.Sequence);
                    break;
                case Withdrawn { EventType: "evidence_attached" } withdrawn:
                    Add(batch, "update ledger_read.text_flag set to_pos = $2 where evidence = $1 and to_pos is null", withdrawn.Event, e.Sequence);
                    break;
                case CorrectionIssued or RetractionIssued or ConcernExpressed:
                    var assertion = Ids.OfStream(e.StreamKey!).Id;
                    Add(batch, "insert into ledger_read.noticed (assertion) values ($1) on conflict do nothing", assertion);
                    Add(batch, $"update ledger_read.text_flag set to_pos = $2 where assertion = $1 and flag = '{Changed}' and to_pos is null", assertion, e.Sequence);
                    break;
                default:
                    break;
            }

            if (batch.BatchCommands.Count >= StatementsMax)
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
                batch.BatchCommands.Clear();
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The flags that were set on some assertions at a position.</summary>
    internal static async Task<ILookup<string, string>> AtAsync(NpgsqlDataSource source, IReadOnlyCollection<string> assertions, long position, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select distinct assertion, flag from ledger_read.text_flag
            where assertion = any($1) and from_pos <= $2 and (to_pos is null or to_pos > $2) order by flag
            """);
        command.Parameters.Add(new() { Value = assertions.ToArray() });
        command.Parameters.Add(new() { Value = position });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var flags = new List<(string Assertion, string Flag)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            flags.Add((reader.GetString(0), reader.GetString(1)));
        }

        return flags.ToLookup(f => f.Assertion, f => f.Flag, StringComparer.Ordinal);
    }

    private static void Searched(NpgsqlBatch batch, IReadOnlyList<EvidenceOutcome> outcomes, long position)
    {
        Add(batch, "update ledger_read.text_flag set to_pos = $2 where evidence = any($1) and to_pos is null",
            outcomes.Where(o => o.Found).Select(o => o.Evidence).ToArray(), position);
        var set = outcomes.Where(o => o.Typographic).ToList();
        Add(batch, $"""
            insert into ledger_read.text_flag (assertion, evidence, flag, from_pos) select o.assertion, o.evidence, '{Typographic}', $3 from unnest($1, $2) o (assertion, evidence)
            """, set.Select(o => o.Assertion).ToArray(), set.Select(o => o.Evidence).ToArray(), position);
        var lost = outcomes.Where(o => !o.Found).ToList();
        Add(batch, $"update ledger_read.text_flag set to_pos = $2 where evidence = any($1) and flag = '{Typographic}' and to_pos is null",
            lost.Select(o => o.Evidence).ToArray(), position);
        Add(batch, $"""
            insert into ledger_read.text_flag (assertion, evidence, flag, from_pos)
            select o.assertion, o.evidence, f.flag, $3 from unnest($1, $2) o (assertion, evidence) cross join (values ('{Orphaned}'), ('{Changed}')) f (flag)
            where not exists (select from ledger_read.text_flag t where t.evidence = o.evidence and t.flag = f.flag and t.to_pos is null)
              and (f.flag <> '{Changed}' or not exists (select from ledger_read.noticed n where n.assertion = o.assertion))
            """, lost.Select(o => o.Assertion).ToArray(), lost.Select(o => o.Evidence).ToArray(), position);
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
