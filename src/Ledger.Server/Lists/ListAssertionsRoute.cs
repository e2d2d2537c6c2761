using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A page of a list: its items, the cursor of the next page, and the position that all pages are read at.</summary>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next, long Position);

/// <summary>Lists of assertions by source, publisher, party, topic, label, flag, lifecycle, words, and time.</summary>
internal static class ListAssertionsRoute
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/assertions", "List assertions", ReadAsync).Produces<ListPage<JsonElement>>();

    private static async Task ReadAsync(ReadCall call)
    {
        var query = call.Query;
        var filter = AssertionFilter.Of(query);
        var descending = query.Word("order", ["changed", "-changed"]) != "changed";
        var limit = (int)query.Number("limit", LimitDefault, 1, LimitMax);
        var minPosition = query.Number("minPosition", 0, 0, long.MaxValue);
        var cursor = query.Text("cursor") is { } text ? ListCursor.Parse(text) : null;
        var point = await call.PointAsync();
        query.Done();
        var page = await PageAsync(call, filter, descending, limit, cursor, point, minPosition);
        await call.WriteAsync(page, page.Position);
    }

    /// <summary>A page of the list, read at the position of its cursor, at the moment asked for, or at the current position of the projection.</summary>
    internal static async Task<ListPage<JsonElement>> PageAsync(
        ReadCall call, AssertionFilter filter, bool descending, int limit, ListCursor? cursor, ReadPoint point, long minPosition)
    {
        var position = await call.Service<ProjectionPositions>().ForAsync(
            AssertionListProjection.ProgressName, cursor?.Position ?? (point.IsPast ? point.Position : null), minPosition, call.Cancelled);

        // Some flags come from later versions of a source and are not in the assertion's own rows. Another projection has them; it is read at the
        // same position.
        await call.Service<ProjectionPositions>().ForAsync(TextFlagProjection.ProgressName, position, 0, call.Cancelled);
        var list = new ListQuery(point with { Position = position }, filter, descending, limit + 1, await call.RestrictedAsync(), cursor);
        var rows = await list.RunAsync(call.Store, call.States, call.Cancelled);
        var items = await WithTextFlagsAsync(call, [.. rows.Take(limit).Select(r => r.Body)], position);
        var next = rows.Count > limit ? new ListCursor(position, rows[limit - 1].Key, point.KnownAt is null ? "" : rows[limit - 1].Id).ToString() : null;
        return new(items, next, position);
    }

    private static async Task<IReadOnlyList<JsonElement>> WithTextFlagsAsync(ReadCall call, IReadOnlyList<string> bodies, long position)
    {
        List<JsonElement> items = [.. bodies.Select(b => JsonElement.Parse(b))];
        var flags = await TextFlagProjection.AtAsync(call.Store.DataSource, [.. items.Select(i => i.GetProperty("id").GetString()!)], position, call.Cancelled);
        return flags.Count == 0 ? items : [.. items.Select(item =>
        {
            var added = flags[item.GetProperty("id").GetString()!].ToList();
            if (added.Count == 0)
            {
                return item;
            }

            var node = JsonObject.Create(item)!;
            foreach (var flag in added)
            {
                node["flags"]!.AsArray().Add((JsonNode)flag);
            }

            return JsonSerializer.SerializeToElement(node, DomainJson.Stored);
        })];
    }
}
