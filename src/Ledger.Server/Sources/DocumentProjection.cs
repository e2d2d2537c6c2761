using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The addresses and hashes of source versions (<c>document</c>), the assertions of a source (<c>claim</c>), and the evidence that is pinned to a source
/// (<c>evidence</c>). The rows hold the positions of events. The content of the events is read from the log.
/// </summary>
internal sealed class DocumentProjection : IReadModel
{
    internal const string ProgressName = "Documents:All";

    public string Name => "Documents";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(SourceRegistered), typeof(VersionCaptured), typeof(ClaimRecorded), typeof(EvidenceAttached), typeof(Withdrawn)];

    /// <summary>Creates its tables with the indexes.</summary>
    internal const string CreateSql = """
        create table if not exists ledger_read.document (
            source text collate "C" not null, version int not null, url text collate "C", sha256 text collate "C", from_pos bigint primary key);
        create index if not exists document_url on ledger_read.document (url, from_pos);
        create index if not exists document_sha256 on ledger_read.document (sha256, from_pos);
        create table if not exists ledger_read.claim (
            source text collate "C" not null, assertion text collate "C" not null, from_pos bigint primary key);
        create index if not exists claim_source on ledger_read.claim (source, from_pos);
        create table if not exists ledger_read.evidence (
            source text collate "C" not null, version int not null, from_pos bigint primary key, event_id uuid not null, to_pos bigint);
        create index if not exists evidence_source on ledger_read.evidence (source, from_pos);
        create index if not exists evidence_event on ledger_read.evidence (event_id);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var events = page.Select(e => e.ToDomain()).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        Documents(batch, [.. events.Where(e => e.Event is SourceRegistered or VersionCaptured)]);
        Claims(batch, [.. events.Where(e => e.Event is ClaimRecorded)]);
        Evidence(batch, [.. events.Where(e => e.Event is EvidenceAttached)]);
        Detached(batch, [.. events.Where(e => e.Event is Withdrawn { EventType: "evidence_attached" })]);
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static void Documents(NpgsqlBatch batch, IReadOnlyList<Recorded> events) => Add(batch, events, """
        insert into ledger_read.document (source, version, url, sha256, from_pos) select * from unnest($1, $2, $3, $4, $5)
        """,
        events.Select(e => Ids.OfStream(e.Stream).Id).ToArray(),
        events.Select(e => (e.Event as VersionCaptured)?.Version ?? 0).ToArray(),
        events.Select(e => DocumentUrl.Normalise(e.Event is VersionCaptured v ? v.Url : ((SourceRegistered)e.Event).Url)).ToArray(),
        events.Select(e => (e.Event as VersionCaptured)?.Sha256).ToArray(),
        events.Select(e => e.Position).ToArray());

    private static void Claims(NpgsqlBatch batch, IReadOnlyList<Recorded> events) => Add(batch, events, """
        insert into ledger_read.claim (source, assertion, from_pos) select * from unnest($1, $2, $3)
        """,
        events.Select(e => ((ClaimRecorded)e.Event).Source.Id).ToArray(),
        events.Select(e => Ids.OfStream(e.Stream).Id).ToArray(),
        events.Select(e => e.Position).ToArray());

    private static void Evidence(NpgsqlBatch batch, IReadOnlyList<Recorded> events) => Add(batch, events, """
        insert into ledger_read.evidence (source, version, from_pos, event_id) select * from unnest($1, $2, $3, $4)
        """,
        events.Select(e => ((EvidenceAttached)e.Event).SourceVersion.Id).ToArray(),
        events.Select(e => ((EvidenceAttached)e.Event).SourceVersion.Version).ToArray(),
        events.Select(e => e.Position).ToArray(),
        events.Select(e => e.Id).ToArray());

    private static void Detached(NpgsqlBatch batch, IReadOnlyList<Recorded> events) => Add(batch, events, """
        update ledger_read.evidence e set to_pos = w.position from unnest($1, $2) w (event_id, position) where e.event_id = w.event_id
        """,
        events.Select(e => ((Withdrawn)e.Event).Event).ToArray(),
        events.Select(e => e.Position).ToArray());

    private static void Add(NpgsqlBatch batch, IReadOnlyList<Recorded> events, string sql, params object[] columns)
    {
        if (events.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
        {
            command.Parameters.Add(column is string?[] texts
                ? new() { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
                : new() { Value = column });
        }

        batch.BatchCommands.Add(command);
    }
}
