using Ledger.Domain;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>The direction of a walk through the provenance graph: up to what something rests on, down to what rests on it, or both.</summary>
internal enum WalkDirection
{
    Up,
    Down,
    Both,
}

/// <summary>A projected link or derivation, with the event that created it.</summary>
internal sealed record ProvenanceEdgeRow(string From, string To, string Relation, long Position, LedgerEvent Event);

/// <summary>Walks the projected links as they were at a moment, over a bounded number of hops. Each direction takes one recursive query.</summary>
internal static class ProvenanceEdges
{
    /// <summary>The maximum number of edges in one answer. It is more than a page can show.</summary>
    internal const int EdgesMax = 5_000;

    internal static async Task<IReadOnlyList<ProvenanceEdgeRow>> WalkAsync(
        ReadCall call, IReadOnlyCollection<string> streams, WalkDirection direction, int depth, ReadPoint point)
    {
        var found = new List<ProvenanceEdgeRow>();
        if (direction is WalkDirection.Up or WalkDirection.Both)
        {
            found.AddRange(await WalkAsync(call, streams, ("from_stream", "to_stream"), depth, point));
        }

        if (direction is WalkDirection.Down or WalkDirection.Both)
        {
            found.AddRange(await WalkAsync(call, streams, ("to_stream", "from_stream"), depth, point));
        }

        return [.. found.DistinctBy(e => (e.Position, e.To, e.Relation)).OrderBy(e => e.Position)];
    }

    private static async Task<List<ProvenanceEdgeRow>> WalkAsync(
        ReadCall call, IReadOnlyCollection<string> streams, (string Near, string Far) ends, int depth, ReadPoint point)
    {
        // If the reader asks what was known at a moment, a link counts if it was known by then. Its withdrawal counts only if the withdrawal was known by
        // then.
        const string Stands = """
            l.from_pos <= $3
            and (l.to_pos is null or l.to_pos > $3 or ($4::timestamptz is not null and not exists (
                select from ledger.mt_events w where w.seq_id = l.to_pos
                  and coalesce((w.data -> 'publishedAt' ->> 'to')::timestamptz, w.timestamp + interval '1 microsecond') <= $4)))
            and ($4::timestamptz is null or exists (
                select from ledger.mt_events k where k.seq_id = l.from_pos
                  and coalesce((k.data -> 'publishedAt' ->> 'to')::timestamptz, k.timestamp + interval '1 microsecond') <= $4))
            """;
        // The lateral joins keep the planner from scanning all links or all events when it needs only a few.
        await using var command = call.Store.DataSource.CreateCommand($"""
            with recursive walk (stream, depth) as (
              select s collate "C", 0 from unnest($1::text[]) s
              union
              select x.far, w.depth + 1 from walk w cross join lateral (
                select l.{ends.Far} as far from ledger_read.link l where l.{ends.Near} = w.stream and {Stands} offset 0) x
              where w.depth < $2),
            reached as (select stream from walk where depth < $2 group by stream)
            select x.from_stream, x.to_stream, x.relation, x.from_pos, e.type, e.data
            from reached r
            cross join lateral (
                select l.from_stream, l.to_stream, l.relation, l.from_pos from ledger_read.link l where l.{ends.Near} = r.stream and {Stands} offset 0) x
            cross join lateral (select k.type, k.data::text as data from ledger.mt_events k where k.seq_id = x.from_pos offset 0) e
            order by x.from_pos limit $5
            """);
        command.Parameters.Add(new() { Value = streams.ToArray() });
        command.Parameters.Add(new() { Value = depth });
        command.Parameters.Add(new() { Value = point.Position });
        command.Parameters.Add(new() { Value = point.KnownAt is { } moment ? moment.To.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = EdgesMax });
        await using var reader = await command.ExecuteReaderAsync(call.Cancelled);
        var edges = new List<ProvenanceEdgeRow>();
        while (await reader.ReadAsync(call.Cancelled))
        {
            edges.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), EventTypes.Deserialize(reader.GetString(4), reader.GetString(5))));
        }

        return edges;
    }
}
