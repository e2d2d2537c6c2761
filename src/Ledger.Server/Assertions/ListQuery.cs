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
    /// <summary>Of a state, what an item is made of.</summary>
    private const string State = "s.id, s.content, s.label, s.in_part, s.summary, s.lifecycle, s.flags, s.changed_at, s.version";

    /// <summary>Contents are looked up for the page alone.</summary>
    private static readonly string Items = $"select s.key, s.id, {AssertionRow.ItemColumns()} from s join ledger_read.assertion_content c on c.id = s.id and c.number = s.content";

    private string Order => Descending ? "desc" : "asc";

    internal async Task<IReadOnlyList<ListedAssertion>> RunAsync(EventStore store, StreamStates states, CancellationToken cancellationToken)
    {
        var rows = await StoredAsync(store.DataSource, cancellationToken);
        if (Point.KnownAt is not { } moment)
        {
            return rows;
        }

        var folded = await FoldedAsync(store, states, moment, cancellationToken);
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
        var said = await AssertionTerms.FindAsync(source, Filter.Terms, Filter.Source, Point.Position, cancellationToken);
        if (said is [])
        {
            return [];
        }

        await using var command = source.CreateCommand();
        command.CommandText = Point.KnownAt is { } moment ? Known(command, moment, said) : Recorded(command, said);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ListedAssertion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Point.KnownAt is null ? reader.GetInt64(0) : KeyOf(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken));
            rows.Add(new(key, reader.GetString(1), AssertionRow.ItemAt(reader, 2)));
        }

        return rows;
    }

    private string Recorded(NpgsqlCommand command, string[]? said)
    {
        var position = Add(command, Point.Position, NpgsqlDbType.Bigint);
        var limit = Add(command, Limit, NpgsqlDbType.Integer);
        var where = Said(command, said) + Filter.Sql(command) + ByText(command, position) + Hidden(command);
        if (After is not null)
        {
            where += $" and s.from_pos {(Descending ? "<" : ">")} {Add(command, After.After, NpgsqlDbType.Bigint)}";
        }

        return $"""
            with s as (
                (select s.from_pos as key, {State}, s.from_pos as position from ledger_read.assertion_current s
                 where s.from_pos <= {position}{where} order by s.from_pos {Order} limit {limit})
                union all
                (select s.from_pos, {State}, s.from_pos from ledger_read.assertion_history s
                 where s.from_pos <= {position} and s.to_pos > {position}{where} order by s.from_pos {Order} limit {limit})
                order by 1 {Order} limit {limit})
            {Items} order by s.key {Order}
            """;
    }

    private string Known(NpgsqlCommand command, Interval moment, string[]? said)
    {
        var position = Add(command, Point.Position, NpgsqlDbType.Bigint);
        var known = Add(command, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        var limit = Add(command, Limit, NpgsqlDbType.Integer);
        var where = Said(command, said) + Filter.Sql(command) + ByText(command, position) + Hidden(command);
        if (After is not null)
        {
            var key = Add(command, DateTimeOffset.UnixEpoch.AddMicroseconds(After.After).UtcDateTime, NpgsqlDbType.TimestampTz);
            where += $" and (s.known_from, s.id) {(Descending ? "<" : ">")} ({key}, {Add(command, After.Id, NpgsqlDbType.Text)})";
        }

        var order = $"s.known_from {Order}, s.id {Order}";
        // A scalar subquery with a limit is probed row by row; a join would first collect every window that covers the moment. Of "is null" the
        // planner would expect one row in two hundred, and so sort all that the filters find instead of reading in order up to the limit.
        var undisturbed = $"""
            (select true from ledger_read.assertion_late l where l.id = s.id and l.pos <= {position} and l.known <= {known} and l.upto > {known} limit 1) is not true
            """;
        return $"""
            with s as (
                (select s.known_from as key, {State}, s.from_pos as position from ledger_read.assertion_current s
                 where s.known_from <= {known} and s.from_pos <= {position} and {undisturbed}{where} order by {order} limit {limit})
                union all
                (select s.known_from, {State}, s.from_pos from ledger_read.assertion_history s
                 where s.known_from <= {known} and s.from_pos <= {position} and (s.to_pos > {position} or s.known_to > {known}) and {undisturbed}{where}
                 order by {order} limit {limit})
                union all
                (select s.known_from, {State}, s.position from ledger_read.assertion_patch s
                 where s.known_from <= {known} and s.known_to > {known} and s.from_pos <= {position} and s.to_pos > {position}{where}
                 order by {order} limit {limit})
                order by 1 {Order}, 2 {Order} limit {limit})
            {Items} order by s.key {Order}, s.id {Order}
            """;
    }

    /// <summary>
    /// Assertions whose patches were given up and of which something was recorded late about the moment. What was known of one is the beginning of
    /// its stream that was known as a whole, and the late events behind that: they alone are read and folded, from the state that is kept.
    /// </summary>
    private async Task<IReadOnlyList<ListedAssertion>> FoldedAsync(EventStore store, StreamStates states, Interval moment, CancellationToken cancellationToken)
    {
        var folded = await DisturbedAsync(store.DataSource, moment, cancellationToken);
        if (folded.Count == 0)
        {
            return [];
        }

        var late = (await store.ReadEventsAsync([.. folded.SelectMany(f => f.Late)], cancellationToken)).ToLookup(e => e.Stream, StringComparer.Ordinal);
        var found = new List<ListedAssertion>();
        foreach (var f in folded)
        {
            var stream = Ids.AssertionStream(f.Id);
            var whole = ((StreamState.OfAssertion)await states.AtAsync(stream, f.WholeUntil, cancellationToken)).State;
            var state = late[stream].Aggregate(whole, (s, e) => Assertion.Evolve(s, e.ToDomain()));
            var item = new ListedAssertion(KeyOf(f.Known), f.Id, "");
            if ((After is null || Follows(item, After))
                && AssertionRow.Of(state) is { } row && Filter.Matches(row) && await IsFlaggedAsync(store, f.Id, cancellationToken) && !Restricted.Hides(f.Id, row.Source))
            {
                found.Add(item with { Body = row.Item });
            }
        }

        return found;
    }

    private async Task<List<Disturbed>> DisturbedAsync(NpgsqlDataSource source, Interval moment, CancellationToken cancellationToken)
    {
        // Publication and position grow together along the rows of history: the last that was known tells up to where the stream was known as a whole.
        // The tables are named in the order in which a take-over locks them.
        await using var command = source.CreateCommand("""
            select s.id, whole.from_pos, array_agg(l.pos), greatest(whole.known_from, max(l.known))
            from ledger_read.assertion_late l
            cross join lateral (
                select h.from_pos, h.known_from from ledger_read.assertion_history h
                where h.id = l.id and h.known_from <= $2 order by h.known_from desc, h.from_pos desc limit 1) whole
            join ledger_read.assertion_folded s on s.id = l.id
            where s.from_pos <= $1 and l.pos <= $1 and l.known <= $2 and l.upto > $2 group by s.id, whole.from_pos, whole.known_from
            """);
        Add(command, Point.Position, NpgsqlDbType.Bigint);
        Add(command, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Disturbed>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(
                reader.GetString(0), reader.GetInt64(1), await reader.GetFieldValueAsync<long[]>(2, cancellationToken),
                await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)));
        }

        return found;
    }

    private bool Follows(ListedAssertion item, ListCursor cursor)
    {
        var order = item.Key != cursor.After ? item.Key.CompareTo(cursor.After) : string.CompareOrdinal(item.Id, cursor.Id);
        return Descending ? order < 0 : order > 0;
    }

    private static string Said(NpgsqlCommand command, string[]? ids) =>
        ids is null ? "" : $" and s.id = any({Add(command, ids, NpgsqlDbType.Array | NpgsqlDbType.Text)})";

    private string ByText(NpgsqlCommand command, string position) => !Filter.IsByText
        ? ""
        : $" and s.id in (select assertion from ledger_read.text_flag where flag = {Add(command, Filter.Flag!, NpgsqlDbType.Text)}"
            + $" and from_pos <= {position} and (to_pos is null or to_pos > {position}))";

    private async Task<bool> IsFlaggedAsync(EventStore store, string id, CancellationToken cancellationToken) =>
        !Filter.IsByText || (await TextFlagProjection.AtAsync(store.DataSource, [id], Point.Position, cancellationToken))[id].Contains(Filter.Flag!);

    private string Hidden(NpgsqlCommand command) => Restricted.IsEmpty
        ? ""
        : $" and s.id <> all({Add(command, Restricted.Assertions.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})"
            + $" and s.source <> all({Add(command, Restricted.Sources.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";

    private static long KeyOf(DateTimeOffset known) => (known.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static string Add(NpgsqlCommand command, object value, NpgsqlDbType type)
    {
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>An assertion without patches at a moment inside one of its windows.</summary>
    /// <param name="Id">The assertion.</param>
    /// <param name="WholeUntil">The position up to which all of its events count.</param>
    /// <param name="Late">The positions behind that whose events count.</param>
    /// <param name="Known">The newest publication that counts.</param>
    private sealed record Disturbed(string Id, long WholeUntil, long[] Late, DateTimeOffset Known);
}
