using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The requests, and the upstream changes of enrolled publishers, that wait for an answer. Each row has the positions between which it waits.
/// </summary>
internal sealed class UnansweredProjection(EventStore store) : IReadModel
{
    internal const string ProgressName = "Unanswered:All";

    /// <summary>The flag under which a request is listed. An upstream change is listed under its own flag.</summary>
    internal const string RequestFlag = "awaitingAnswer";

    public string Name => "Unanswered";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(ActionRequested), typeof(ActionAnswered), typeof(UpstreamChanged), typeof(CorrectionIssued), typeof(Withdrawn)];

    /// <summary>Creates its table with the indexes.</summary>
    internal const string CreateSql = """
        create table if not exists ledger_read.unanswered (
            event_id uuid primary key, assertion text collate "C" not null, source text collate "C" not null, publisher text collate "C" not null,
            flag text not null, from_pos bigint not null, to_pos bigint);
        create index if not exists unanswered_all on ledger_read.unanswered (from_pos);
        create index if not exists unanswered_publisher on ledger_read.unanswered (publisher, from_pos);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var streams = page.Select(e => e.StreamKey!).Where(s => s.StartsWith("assertion-", StringComparison.Ordinal)).ToHashSet();
        if (streams.Count == 0)
        {
            return;
        }

        var opened = new List<(Recorded Record, ClaimRecorded Claim)>();
        var closed = new List<(Guid Id, long Position)>();
        var events = await store.ReadStreamsAsync(streams, page[^1].Sequence, cancellationToken);
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            var state = Assertion.None;
            foreach (var e in stream.Select(e => e.ToDomain()))
            {
                var before = Waiting(state);
                state = Assertion.Evolve(state, e);
                if (e.Position < page[0].Sequence || state.Claim?.Event is not ClaimRecorded claim)
                {
                    continue;
                }

                var after = Waiting(state);
                opened.AddRange(after.Where(a => !before.ContainsKey(a.Key)).Select(a => (a.Value, claim)));
                closed.AddRange(before.Keys.Where(id => !after.ContainsKey(id)).Select(id => (id, e.Position)));
            }
        }

        await InsertAsync(opened, connection, transaction, cancellationToken);
        await CloseAsync(closed, connection, transaction, cancellationToken);
    }

    private static Dictionary<Guid, Recorded> Waiting(Assertion state) => state.Entries.Open.Values
        .Select(e => e.Record).Where(r => r.Event is ActionRequested or UpstreamChanged { AwaitsAnswer: true }).ToDictionary(r => r.Id);

    private static async Task InsertAsync(
        List<(Recorded Record, ClaimRecorded Claim)> opened, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (opened.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand("""
            insert into ledger_read.unanswered (event_id, assertion, source, publisher, flag, from_pos)
            select * from unnest($1, $2, $3, $4, $5, $6)
            """, connection, transaction);
        insert.Parameters.Add(new() { Value = opened.Select(o => o.Record.Id).ToArray() });
        insert.Parameters.Add(new() { Value = opened.Select(o => Ids.OfStream(o.Record.Stream).Id).ToArray() });
        insert.Parameters.Add(new() { Value = opened.Select(o => o.Claim.Source.Id).ToArray() });
        insert.Parameters.Add(new() { Value = opened.Select(o => o.Claim.Publisher).ToArray() });
        insert.Parameters.Add(new() { Value = opened.Select(o => o.Record.Event is UpstreamChanged u ? StandingFlags.KindOf(u) : RequestFlag).ToArray() });
        insert.Parameters.Add(new() { Value = opened.Select(o => o.Record.Position).ToArray() });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CloseAsync(
        List<(Guid Id, long Position)> closed, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (closed.Count == 0)
        {
            return;
        }

        await using var close = new NpgsqlCommand("""
            update ledger_read.unanswered u set to_pos = c.position from unnest($1, $2) c (event_id, position) where u.event_id = c.event_id
            """, connection, transaction);
        close.Parameters.Add(new() { Value = closed.Select(c => c.Id).ToArray() });
        close.Parameters.Add(new() { Value = closed.Select(c => c.Position).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await close.ExecuteNonQueryAsync(cancellationToken);
    }
}
