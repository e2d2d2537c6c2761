using System.Globalization;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>A line of a list: what it is ordered by (a position, or microseconds of the known time), the assertion, and the item's JSON.</summary>
internal sealed record ListedAssertion(long Key, string Id, string Body);

/// <summary>
/// A page of assertions at a moment.
/// <para>
/// Without a known time, the page holds the states that were current at the position: those that still are, and those that were replaced later. They
/// are ordered by the position of their last event.
/// </para>
/// <para>
/// With a known time, the same holds on the axis of publication. If something was recorded late about that time, what was known of the assertion
/// comes from its patches instead. The order is by the newest publication that counts, then by id.
/// </para>
/// </summary>
internal sealed record ListQuery(ReadPoint Point, AssertionFilter Filter, bool Descending, int Limit, RestrictedNow Restricted, ListCursor? After = null)
{
    /// <summary>The columns of a state from which an item is made.</summary>
    private const string State = "s.id, s.content, s.label, s.in_part, s.summary, s.lifecycle, s.flags, s.changed_at, s.version";

    /// <summary>
    /// Contents are looked up only for the rows of the page, and the query names them after the states. Whoever locks all tables begins with the
    /// current states, and so meets every reader at that table.
    /// </summary>
    private const string WithContents = "s join ledger_read.assertion_content c on c.id = s.id and c.number = s.content";

    private static readonly string Items = $"select s.key, s.id, {AssertionRow.ItemColumns()} from";

    private string Order => Descending ? "desc" : "asc";

    internal async Task<IReadOnlyList<ListedAssertion>> RunAsync(EventStore store, StreamStates states, CancellationToken cancellationToken)
    {
        var rows = await StoredAsync(store.DataSource, cancellationToken);
        if (Point.KnownAt is not { } moment)
        {
            return rows;
        }

        var folded = await FoldedAsync(store, states, moment, rows.Count == Limit ? rows[^1] : null, cancellationToken);
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

        await using var query = new PlannedQuery(source);
        var sql = Point.KnownAt is { } moment ? Known(query.Parameters, moment, said) : Recorded(query.Parameters, said);
        await using var reader = await query.ReadAsync(sql, cancellationToken);
        var rows = new List<ListedAssertion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Point.KnownAt is null ? reader.GetInt64(0) : KeyOf(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken));
            rows.Add(new(key, reader.GetString(1), AssertionRow.ItemAt(reader, 2)));
        }

        return rows;
    }

    private string Recorded(NpgsqlParameterCollection parameters, string[]? said)
    {
        var position = Add(parameters, Point.Position, NpgsqlDbType.Bigint);
        var limit = Add(parameters, Limit, NpgsqlDbType.Integer);
        var where = Said(parameters, said) + Filter.Sql(parameters) + ByText(parameters, position) + Hidden(parameters);
        if (After is not null)
        {
            where += $" and s.from_pos {(Descending ? "<" : ">")} {Add(parameters, After.After, NpgsqlDbType.Bigint)}";
        }

        return $"""
            {Items} (
                (select s.from_pos as key, {State}, s.from_pos as position from ledger_read.assertion_current s
                 where s.from_pos <= {position}{where} order by s.from_pos {Order} limit {limit})
                union all
                (select s.from_pos, {State}, s.from_pos from ledger_read.assertion_history s
                 where s.from_pos <= {position} and s.to_pos > {position}{where} order by s.from_pos {Order} limit {limit})
                order by 1 {Order} limit {limit}) {WithContents} order by s.key {Order}
            """;
    }

    private string Known(NpgsqlParameterCollection parameters, Interval moment, string[]? said)
    {
        var position = Add(parameters, Point.Position, NpgsqlDbType.Bigint);
        var known = Add(parameters, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        var limit = Add(parameters, Limit, NpgsqlDbType.Integer);
        var where = Said(parameters, said) + Filter.Sql(parameters) + ByText(parameters, position) + Hidden(parameters);
        if (After is not null)
        {
            var key = Add(parameters, DateTimeOffset.UnixEpoch.AddMicroseconds(After.After).UtcDateTime, NpgsqlDbType.TimestampTz);
            where += $" and (s.known_from, s.id) {(Descending ? "<" : ">")} ({key}, {Add(parameters, After.Id, NpgsqlDbType.Text)})";
        }

        var order = $"s.known_from {Order}, s.id {Order}";
        // A scalar subquery with a limit is probed row by row; a join would first collect every window that covers the moment. The test is "is not
        // true", because for "is null" the planner expects one row in two hundred. It would then sort everything that the filters find, instead of
        // reading in order up to the limit.
        var undisturbed = $"""
            (select true from ledger_read.assertion_late l where l.id = s.id and l.pos <= {position} and l.known <= {known} and l.upto > {known} limit 1) is not true
            """;
        return $"""
            {Items} (
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
                order by 1 {Order}, 2 {Order} limit {limit}) {WithContents} order by s.key {Order}, s.id {Order}
            """;
    }

    /// <summary>
    /// Assertions whose patches were given up and of which something was recorded late about the moment. What was known of such an assertion is the
    /// prefix of its stream that was known as a whole, and the late events after it. Only these late events are read, and folded onto the kept state
    /// of the prefix. If the page is full without these assertions, only those that stand before its last row are folded.
    /// </summary>
    private async Task<IReadOnlyList<ListedAssertion>> FoldedAsync(
        EventStore store, StreamStates states, Interval moment, ListedAssertion? last, CancellationToken cancellationToken)
    {
        var folded = (await DisturbedAsync(store.DataSource, moment, cancellationToken)).FindAll(f => IsOnPage(f, last));
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
            if (AssertionRow.Of(state) is { } row && Filter.Matches(row) && await IsFlaggedAsync(store, f.Id, cancellationToken) && !Restricted.Hides(f.Id, row.Source))
            {
                found.Add(new(KeyOf(f.Known), f.Id, row.Item));
            }
        }

        return found;
    }

    private async Task<List<Disturbed>> DisturbedAsync(NpgsqlDataSource source, Interval moment, CancellationToken cancellationToken)
    {
        // Along the rows of history, known time and position grow together. So the last row that was known tells up to which position the stream was
        // known as a whole. A take-over locks the windows first of these tables, and so meets every reader at that table.
        await using var command = source.CreateCommand("""
            select late.id, whole.from_pos, late.positions, greatest(whole.known_from, late.known)
            from (
                select l.id, array_agg(l.pos) as positions, max(l.known) as known from ledger_read.assertion_late l
                where l.pos <= $1 and l.known <= $2 and l.upto > $2 and l.id in (select f.id from ledger_read.assertion_folded f where f.from_pos <= $1)
                group by l.id) late
            cross join lateral (
                select h.from_pos, h.known_from from ledger_read.assertion_history h
                where h.id = late.id and h.known_from <= $2 order by h.known_from desc, h.from_pos desc limit 1) whole
            """);
        Add(command.Parameters, Point.Position, NpgsqlDbType.Bigint);
        Add(command.Parameters, moment.To.UtcDateTime, NpgsqlDbType.TimestampTz);
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

    private bool IsOnPage(Disturbed folded, ListedAssertion? last) =>
        (After is null || Follows(folded, After.After, After.Id)) && (last is null || !Follows(folded, last.Key, last.Id));

    private bool Follows(Disturbed folded, long key, string id)
    {
        var own = KeyOf(folded.Known);
        var order = own != key ? own.CompareTo(key) : string.CompareOrdinal(folded.Id, id);
        return Descending ? order < 0 : order > 0;
    }

    private static string Said(NpgsqlParameterCollection parameters, string[]? ids) =>
        ids is null ? "" : $" and s.id = any({Add(parameters, ids, NpgsqlDbType.Array | NpgsqlDbType.Text)})";

    private string ByText(NpgsqlParameterCollection parameters, string position) => !Filter.IsByText
        ? ""
        : $" and s.id in (select assertion from ledger_read.text_flag where flag = {Add(parameters, Filter.Flag!, NpgsqlDbType.Text)}"
            + $" and from_pos <= {position} and (to_pos is null or to_pos > {position}))";

    private async Task<bool> IsFlaggedAsync(EventStore store, string id, CancellationToken cancellationToken) =>
        !Filter.IsByText || (await TextFlagProjection.AtAsync(store.DataSource, [id], Point.Position, cancellationToken))[id].Contains(Filter.Flag!);

    private string Hidden(NpgsqlParameterCollection parameters) => Restricted.IsEmpty
        ? ""
        : $" and s.id <> all({Add(parameters, Restricted.Assertions.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})"
            + $" and s.source <> all({Add(parameters, Restricted.Sources.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";

    private static long KeyOf(DateTimeOffset known) => (known.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static string Add(NpgsqlParameterCollection parameters, object value, NpgsqlDbType type)
    {
        parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return "$" + parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>An assertion without patches at a moment inside one of its windows.</summary>
    /// <param name="Id">The assertion.</param>
    /// <param name="WholeUntil">The position up to which all of its events count.</param>
    /// <param name="Late">The positions after it whose events count.</param>
    /// <param name="Known">The newest publication that counts.</param>
    private sealed record Disturbed(string Id, long WholeUntil, long[] Late, DateTimeOffset Known);
}
