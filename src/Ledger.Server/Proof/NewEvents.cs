using System.Globalization;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>Checks rules that the append function keeps for every event. A row that was written without that function usually breaks one of them.</summary>
internal static class NewEvents
{
    private const string WhatToDo = "Nothing after it is signed: find out who wrote to the table, restore the log, and start again.";

    /// <summary>Refuses new rows that cannot come from the append function.</summary>
    /// <param name="source">The database, with the sessions of the service.</param>
    /// <param name="rows">Rows that were never signed, in order.</param>
    /// <param name="size">The position up to which everything is signed.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    internal static async Task DemandPlausibleAsync(NpgsqlDataSource source, IReadOnlyList<RecordedEvent> rows, long size, CancellationToken cancellationToken)
    {
        // The left join gives a row also if all streams count their events. A join with mt_streams is avoided: in a log without statistics, PostgreSQL read
        // all streams for it.
        await using var command = source.CreateCommand("""
            select s.last_value, (select e.timestamp from ledger.mt_events e where e.seq_id = $1), u.stream, u.counted
            from ledger.mt_events_sequence s left join (
              select x.stream, x.last, coalesce((select t.version from ledger.mt_streams t where t.id = x.stream), 0) as counted from unnest($2, $3) x(stream, last)) u
              on u.counted < u.last
            """);
        var streams = rows.GroupBy(e => e.Stream, StringComparer.Ordinal).Select(g => (Stream: g.Key, Last: g.Max(e => e.Version))).ToList();
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
        command.Parameters.Add(new() { Value = streams.Select(s => s.Stream).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = streams.Select(s => s.Last).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        var (sequence, before, uncounted) = (0L, DateTimeOffset.MinValue, new Dictionary<string, long>(StringComparer.Ordinal));
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                sequence = row.GetInt64(0);
                before = row[1] is DateTime last ? new DateTimeOffset(last) : DateTimeOffset.MinValue;
                if (row[2] is string stream)
                {
                    uncounted[stream] = row.GetInt64(3);
                }
            }
        }

        foreach (var e in rows)
        {
            size++;
            var problem = e switch
            {
                _ when e.Position != size => $"Event {size} is missing.",
                _ when e.Position > sequence => $"Event {e.Position} was not appended by the ledger: its sequence stands at {sequence.ToString(CultureInfo.InvariantCulture)}.",
                _ when e.RecordedAt <= before => $"Event {e.Position} was not recorded after the one before it.",
                _ when uncounted.TryGetValue(e.Stream, out var counted) && e.Version > counted => $"Event {e.Position} is not counted by its stream, so the ledger did not append it.",
                _ => null,
            };
            if (problem is not null)
            {
                throw new RefusedToSignException($"{problem} {WhatToDo}", size);
            }

            before = e.RecordedAt;
        }
    }
}
