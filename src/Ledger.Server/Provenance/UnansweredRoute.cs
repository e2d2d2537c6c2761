using Ledger.Domain;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>A request or an upstream change that nobody has answered.</summary>
public sealed record UnansweredItem(
    string Assertion, string Publisher, string Flag, Guid Event, string Type, string Since, string? Requester, RequestKind? Kind, string? Text, string? Deadline,
    string? Upstream, long? Cause, string? CauseType, IReadOnlyList<string>? Fields, Basis? Basis, DateTimeOffset RecordedAt, long Position);

/// <summary>Lists the requests and upstream changes without an answer, oldest first.</summary>
internal static class UnansweredRoute
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;

    private static readonly string[] Flags = [UnansweredProjection.RequestFlag, "upstreamChanged", "possiblyAffected", "deniedElsewhere"];

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/unanswered", "List what waits for an answer, oldest first", ReadAsync).Produces<ListPage<UnansweredItem>>();

    private static async Task ReadAsync(ReadCall call)
    {
        var query = call.Query;
        var publisher = query.Text("publisher");
        var flag = query.Word("flag", Flags);
        var limit = (int)query.Number("limit", LimitDefault, 1, LimitMax);
        var minPosition = query.Number("minPosition", 0, 0, long.MaxValue);
        var cursor = query.Text("cursor") is { } text ? ListCursor.Parse(text) : null;
        var point = await call.PointAsync();
        query.Done();
        var position = await call.Service<ProjectionPositions>().ForAsync(
            UnansweredProjection.ProgressName, cursor?.Position ?? (point.IsPast ? point.Position : null), minPosition, call.Cancelled);
        var (items, last) = await ItemsAsync(call, publisher, flag, point with { Position = position }, cursor?.After ?? 0, limit);
        await call.WriteAsync(new ListPage<UnansweredItem>(items, last is { } after ? new ListCursor(position, after).ToString() : null, position), position);
    }

    /// <summary>A page of the unanswered items, oldest first. If more follow, it comes with the key of its last item.</summary>
    internal static async Task<(IReadOnlyList<UnansweredItem> Items, long? Last)> ItemsAsync(
        ReadCall call, string? publisher, string? flag, ReadPoint point, long after, int limit)
    {
        var ids = await FindAsync(call, publisher, flag, point.Position, after, limit + 1);
        var items = new List<UnansweredItem>();
        foreach (var (assertion, by, kind, at) in ids.Take(limit))
        {
            var e = (await call.Store.ReadEventAsync(at, call.Cancelled))!.ToDomain();
            if (point.Counts(e))
            {
                items.Add(Item(assertion, by, kind, e));
            }
        }

        return (items, ids.Count > limit ? ids[limit - 1].Position : null);
    }

    private static UnansweredItem Item(string assertion, string publisher, string flag, Recorded e)
    {
        var (request, change) = (e.Event as ActionRequested, e.Event as UpstreamChanged);
        return new(assertion, publisher, flag, e.Id, EventTypes.NameOf(e.Event), e.Since, request?.Requester, request?.Kind, request?.Text, request?.Deadline?.Value,
            change?.Upstream, change?.Cause, change?.CauseType, change?.Fields, change?.Basis, e.RecordedAt, e.Position);
    }

    private static async Task<List<(string Assertion, string Publisher, string Flag, long Position)>> FindAsync(
        ReadCall call, string? publisher, string? flag, long position, long after, int limit)
    {
        var restricted = await call.RestrictedAsync();
        await using var command = call.Store.DataSource.CreateCommand("""
            select assertion, publisher, flag, from_pos from ledger_read.unanswered
            where from_pos <= $1 and (to_pos is null or to_pos > $1) and from_pos > $2
              and ($3::text is null or publisher = $3) and ($4::text is null or $4 = 'awaitingAnswer' or flag = $4)
              and assertion <> all($5) and source <> all($6)
            order by from_pos limit $7
            """);
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (object?)publisher ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)flag ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = restricted.Assertions.ToArray() });
        command.Parameters.Add(new() { Value = restricted.Sources.ToArray() });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(call.Cancelled);
        var rows = new List<(string, string, string, long)>();
        while (await reader.ReadAsync(call.Cancelled))
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        }

        return rows;
    }
}
