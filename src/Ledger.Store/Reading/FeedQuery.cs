using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>The feed's query. The database applies the filter over a bounded window of positions.</summary>
internal static class FeedQuery
{
    /// <summary>The number of positions that one call examines. The bound limits the time of a call whose filter hides nearly everything.</summary>
    public const int ScanMax = 10_000;

    /// <summary>The greatest number of events in one page.</summary>
    public const int PageMax = 1_000;

    public static async Task<FeedPage> ReadAsync(
        NpgsqlDataSource dataSource, long after, int limit, FeedFilter filter, CancellationToken cancellationToken)
    {
        await using var command = Build(dataSource, after, limit, filter);
        var events = new List<RecordedEvent>();
        var head = 0L;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            head = row.GetInt64(0);
            if (row[1] is Guid)
            {
                events.Add(EventRows.Read(row, first: 1));
            }
        }

        var seen = events.Count == limit ? events[^1].Position : Math.Min(head, after + Window(limit, filter));
        return new(events, Math.Max(after, seen), head);
    }

    private static NpgsqlCommand Build(NpgsqlDataSource dataSource, long after, int limit, FeedFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, PageMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.AnyOfTags.Count, FeedFilter.TagGroupsMax, nameof(filter));

        var command = dataSource.CreateCommand();
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after + Window(limit, filter) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var conditions = new StringBuilder();
        Condition(conditions, command, "e.type = any({0})", filter.Types);
        Condition(conditions, command, "e.stream_id = any({0})", filter.Streams);
        Condition(conditions, command, "e.stream_id <> all({0})", filter.WithoutStreams);
        foreach (var tags in filter.AnyOfTags)
        {
            Condition(conditions, command, "e.headers->'tags' ?| {0}", tags);
        }

        // The head and the events come from one snapshot. The query gives a row with the head even when no event passes.
        command.CommandText = $"""
            select h.head, {EventRows.Columns}
            from (select coalesce(max(seq_id), 0) as head from ledger.mt_events) h
            left join lateral (
              select e.* from ledger.mt_events e
              where e.seq_id > $1 and e.seq_id <= $2{conditions}
              order by e.seq_id limit $3) e on true
            order by e.seq_id
            """;
        return command;
    }

    /// <summary>The number of positions to examine. Without a filter it is the number of events, because positions have no gaps.</summary>
    private static int Window(int limit, FeedFilter filter) => filter.IsAll ? limit : ScanMax;

    private static void Condition(StringBuilder conditions, NpgsqlCommand command, string template, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        conditions.Append(" and ").AppendFormat(CultureInfo.InvariantCulture, template, $"${command.Parameters.Count}");
    }
}
