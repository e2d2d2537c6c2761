using System.Text.Json;
using Ledger.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>An assertion's standing at one end of the stretch.</summary>
internal sealed record StandingThen(string Label, string Summary, string Lifecycle, IReadOnlyList<string> Flags, string Proposition, long Version);

/// <summary>An event that was appended in between.</summary>
internal sealed record ChangeCause(Guid Id, string Type, long Version, long Position);

/// <summary>
/// An assertion whose standing differs between the start and the end of the stretch; <c>before</c> is absent if it was not recorded yet at the start.
/// </summary>
internal sealed record ChangedStanding(string Id, IReadOnlyList<string> Changed, StandingThen? Before, StandingThen After, IReadOnlyList<ChangeCause> Events, long Position);

/// <summary>Which assertions changed standing between two positions or times, and how.</summary>
internal static class ChangesRoute
{
    private const int LimitDefault = 50;
    private const int LimitMax = 200;

    /// <summary>The most events in between that an item shows; the history has all of them.</summary>
    private const int EventsMax = 50;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/changes", "Which assertions changed standing between two moments, and how", ReadAsync).Produces<ListPage<ChangedStanding>>();

    private static async Task ReadAsync(ReadCall call)
    {
        var points = call.Service<ReadPoints>();
        var from = call.Query.Text("from") is { } start ? await points.ResolveAsync(start, "from", call.Cancelled) : throw Query.Invalid("from", "is needed: a position or a time.");
        var to = call.Query.Text("to") is { } end ? (long?)await points.ResolveAsync(end, "to", call.Cancelled) : null;
        var asOf = call.Query.Text("asOf") is { } then ? (long?)await points.ResolveAsync(then, "asOf", call.Cancelled) : null;
        to = to is { } last && asOf is { } latest ? Math.Min(last, latest) : to ?? asOf;
        var limit = (int)call.Query.Number("limit", LimitDefault, 1, LimitMax);
        var cursor = call.Query.Text("cursor") is { } text ? ListCursor.Parse(text) : null;
        call.Query.Done();
        var position = await call.Service<ProjectionPositions>().ForAsync(AssertionListProjection.ProgressName, cursor?.Position ?? to, 0, call.Cancelled);
        if (from > position)
        {
            throw Query.Invalid("from", "lies behind to; swap them.");
        }

        var rows = await RowsAsync(call, from, position, cursor?.After ?? from, limit + 1);
        var items = new List<ChangedStanding>();
        foreach (var (id, lastPosition, before, after) in rows.Take(limit))
        {
            if (Differences(before, after) is { Count: > 0 } changed)
            {
                var events = await call.Store.ReadStreamAsync(Ids.AssertionStream(id), before?.Version ?? 0, after.Version, cancellationToken: call.Cancelled);
                items.Add(new(id, changed, before, after, [.. events.TakeLast(EventsMax).Select(e => new ChangeCause(e.Id, e.Type, e.Version, e.Position))], lastPosition));
            }
        }

        var next = rows.Count > limit ? new ListCursor(position, rows[limit - 1].Position).ToString() : null;
        await call.WriteAsync(new ListPage<ChangedStanding>(items, next, position), position);
    }

    private static List<string> Differences(StandingThen? before, StandingThen after)
    {
        if (before is null)
        {
            return ["recorded"];
        }

        var changed = new List<string>();
        void Add(string field, bool differs)
        {
            if (differs)
            {
                changed.Add(field);
            }
        }

        Add("label", before.Label != after.Label);
        Add("lifecycle", before.Lifecycle != after.Lifecycle);
        Add("flags", !before.Flags.SequenceEqual(after.Flags));
        Add("summary", before.Summary != after.Summary);
        Add("proposition", before.Proposition != after.Proposition);
        return changed;
    }

    /// <summary>
    /// The states at the end of the stretch that began within it, oldest change first. Each comes with the state of its assertion at the start.
    /// </summary>
    private static async Task<List<(string Id, long Position, StandingThen? Before, StandingThen After)>> RowsAsync(ReadCall call, long from, long to, long after, int limit)
    {
        const string States = "id, from_pos as position, changed_at, version, content, flags, label, lifecycle, in_part, summary";
        var restricted = await call.RestrictedAsync();
        await using var query = new PlannedQuery(call.Store.DataSource);
        var sql = $"""
            select s.id, s.position, {AssertionRow.ItemColumns()}, {AssertionRow.ItemColumns("b", "d")}
            from (
                (select {States} from ledger_read.assertion_current
                 where from_pos > $3 and from_pos <= $2 and id <> all($4) and source <> all($5) order by from_pos limit $6)
                union all
                (select {States} from ledger_read.assertion_history
                 where from_pos > $3 and from_pos <= $2 and to_pos > $2 and id <> all($4) and source <> all($5) order by from_pos limit $6)) s
            join ledger_read.assertion_content c on c.id = s.id and c.number = s.content
            left join (select {States}, to_pos from ledger_read.assertion_history) b on b.id = s.id and b.position <= $1 and b.to_pos > $1
            left join ledger_read.assertion_content d on d.id = b.id and d.number = b.content
            order by s.position limit $6
            """;
        foreach (var value in new object[] { from, to, after })
        {
            query.Parameters.Add(new() { Value = value });
        }

        query.Parameters.Add(new() { Value = restricted.Assertions.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        query.Parameters.Add(new() { Value = restricted.Sources.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        query.Parameters.Add(new() { Value = limit });
        await using var reader = await query.ReadAsync(sql, call.Cancelled);
        var rows = new List<(string, long, StandingThen?, StandingThen)>();
        while (await reader.ReadAsync(call.Cancelled))
        {
            const int After = 2, Before = After + AssertionRow.ItemColumnsCount;
            rows.Add((
                reader.GetString(0), reader.GetInt64(1), await reader.IsDBNullAsync(Before, call.Cancelled) ? null : StandingAt(reader, Before),
                StandingAt(reader, After)));
        }

        return rows;
    }

    private static StandingThen StandingAt(NpgsqlDataReader reader, int column)
    {
        var standing = AssertionRow.StandingAt(reader, column);
        var proposition = JsonElement.Parse(AssertionRow.ContentAt(reader, column)).GetProperty("proposition").GetString()!;
        return new(standing.Label, standing.Summary, StandingNumbers.WordOf(standing.Lifecycle), standing.Flags, proposition, standing.Version);
    }
}
