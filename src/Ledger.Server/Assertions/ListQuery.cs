using System.Globalization;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>A line of a list: what it is ordered by (a position, or microseconds of the known time), the assertion, and the item's JSON.</summary>
internal sealed record ListedAssertion(long Key, string Id, string Body);

/// <summary>
/// A page of assertions at a moment. Without a known time: the states that stand since before the position, and those that stood then and were
/// replaced later, by the position of their last event. With one: the same over publication, without assertions of which something was recorded
/// late about that time, and what was known of those from their patches, by the newest publication that counts, then by id.
/// </summary>
internal sealed record ListQuery(ReadPoint Point, AssertionFilter Filter, bool Descending, int Limit, RestrictedNow Restricted, ListCursor? After = null)
{
    private string Order => Descending ? "desc" : "asc";

    internal async Task<IReadOnlyList<ListedAssertion>> RunAsync(EventStore store, CancellationToken cancellationToken)
    {
        var rows = await StoredAsync(store.DataSource, cancellationToken);
        if (Point.KnownAt is not { } moment)
        {
            return rows;
        }

        var folded = await FoldedAsync(store, moment, cancellationToken);
        if (folded.Count == 0)
        {
            return rows;
        }

        var all = rows.Concat(folded);
        return [.. (Descending
            ? all.OrderByDescending(r => r.Key).ThenByDescending(r => r.Id, StringComparer.Ordinal)
            : all.OrderBy(r => r.Key).ThenBy(r => r.Id, StringComparer.Ordinal)).Take(Limit)];
    }

    private async Task<IReadOnlyList<ListedAssertion>> StoredAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand();
        command.CommandText = Point.KnownAt is { } moment ? Known(command, moment) : Recorded(command);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ListedAssertion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Point.KnownAt is null ? reader.GetInt64(0) : KeyOf(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken));
            rows.Add(new(key, reader.GetString(1), reader.GetString(2)));
        }

        return rows;
    }

    private string Recorded(NpgsqlCommand command)
    {
        var position = Add(command, Point.Position, NpgsqlDbType.Bigint);
        var limit = Add(command, Limit, NpgsqlDbType.Integer);
        var words = Filter.WordsSql(command);
        var where = Filter.Sql(command) + ByText(command, position) + Hidden(command);
        if (After is not null)
        {
            where += $" and from_pos {(Descending ? "<" : ">")} {Add(command, After.After, NpgsqlDbType.Bigint)}";
        }

        return $"""
            select from_pos, id, body from (
                (select from_pos, id, body from ledger_read.assertion_current
                 where from_pos <= {position}{where}{words.Current} order by from_pos {Order} limit {limit})
                union all
                (select from_pos, id, body from ledger_read.assertion_history
                 where from_pos <= {position} and to_pos > {position}{where}{words.Past} order by from_pos {Order} limit {limit})) page
            order by from_pos {Order} limit {limit}
            """;
    }

    private string Known(NpgsqlCommand command, Interval moment)
    {
        var position = Add(command, Point.Position, NpgsqlDbType.Bigint);
        var known = Add(command, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        var limit = Add(command, Limit, NpgsqlDbType.Integer);
        var words = Filter.WordsSql(command);
        var where = Filter.Sql(command) + ByText(command, position) + Hidden(command);
        if (After is not null)
        {
            var key = Add(command, DateTimeOffset.UnixEpoch.AddMicroseconds(After.After).UtcDateTime, NpgsqlDbType.TimestampTz);
            where += $" and (known_from, id) {(Descending ? "<" : ">")} ({key}, {Add(command, After.Id, NpgsqlDbType.Text)})";
        }

        var order = $"known_from {Order}, id {Order}";
        // A scalar subquery with a limit is probed row by row; a join would first collect every window that covers the moment.
        var undisturbed = $"""
            (select 1 from ledger_read.assertion_late l where l.id = s.id and l.pos <= {position} and l.known <= {known} and l.upto > {known} limit 1) is null
            """;
        return $"""
            select known_from, id, body from (
                (select known_from, id, body from ledger_read.assertion_current s
                 where known_from <= {known} and from_pos <= {position} and {undisturbed}{where}{words.Current} order by {order} limit {limit})
                union all
                (select known_from, id, body from ledger_read.assertion_history s
                 where known_from <= {known} and from_pos <= {position} and (to_pos > {position} or known_to > {known}) and {undisturbed}{where}{words.Past}
                 order by {order} limit {limit})
                union all
                (select known_from, id, body from ledger_read.assertion_patch s
                 where known_from <= {known} and known_to > {known} and from_pos <= {position} and to_pos > {position}{where}{words.Past}
                 order by {order} limit {limit})) page
            order by {order} limit {limit}
            """;
    }

    /// <summary>Assertions whose patches were given up and of which something was recorded late about the moment: folded here, one by one.</summary>
    private async Task<IReadOnlyList<ListedAssertion>> FoldedAsync(EventStore store, Interval moment, CancellationToken cancellationToken)
    {
        var found = new List<ListedAssertion>();
        foreach (var id in await FoldedIdsAsync(store.DataSource, moment, cancellationToken))
        {
            var events = (await store.ReadStreamAsync(Ids.AssertionStream(id), toPosition: Point.Position, cancellationToken: cancellationToken))
                .Select(e => e.ToDomain()).Where(Point.Counts).ToList();
            var state = Assertion.Fold(events);
            if (AssertionRow.Of(state) is { } row && Filter.Matches(row) && await IsFlaggedAsync(store, id, cancellationToken) && !Restricted.Hides(id, row.Source))
            {
                // What is published before the claim is known with it, never before: the claim itself is among the events.
                var item = new ListedAssertion(KeyOf(events.Max(e => e.Known.To)), id, row.Body);
                if (After is null || Follows(item, After))
                {
                    found.Add(item);
                }
            }
        }

        return found;
    }

    private async Task<List<string>> FoldedIdsAsync(NpgsqlDataSource source, Interval moment, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select s.id from ledger_read.assertion_folded s
            where s.from_pos <= $1
              and exists (select from ledger_read.assertion_late l where l.id = s.id and l.pos <= $1 and l.known <= $2 and l.upto > $2)
            """);
        Add(command, Point.Position, NpgsqlDbType.Bigint);
        Add(command, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    private bool Follows(ListedAssertion item, ListCursor cursor)
    {
        var order = item.Key != cursor.After ? item.Key.CompareTo(cursor.After) : string.CompareOrdinal(item.Id, cursor.Id);
        return Descending ? order < 0 : order > 0;
    }

    private string ByText(NpgsqlCommand command, string position) => !Filter.IsByText
        ? ""
        : $" and id in (select assertion from ledger_read.text_flag where flag = {Add(command, Filter.Flag!, NpgsqlDbType.Text)}"
            + $" and from_pos <= {position} and (to_pos is null or to_pos > {position}))";

    private async Task<bool> IsFlaggedAsync(EventStore store, string id, CancellationToken cancellationToken) =>
        !Filter.IsByText || (await TextFlagProjection.AtAsync(store.DataSource, [id], Point.Position, cancellationToken))[id].Contains(Filter.Flag!);

    private string Hidden(NpgsqlCommand command) => Restricted.IsEmpty
        ? ""
        : $" and id <> all({Add(command, Restricted.Assertions.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})"
            + $" and source <> all({Add(command, Restricted.Sources.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";

    private static long KeyOf(DateTimeOffset known) => (known.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static string Add(NpgsqlCommand command, object value, NpgsqlDbType type)
    {
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}
