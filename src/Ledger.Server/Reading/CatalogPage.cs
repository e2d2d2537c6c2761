namespace Ledger.Server;

/// <summary>Writes lists of parties and of sources: those that existed at a position, each folded up to that position.</summary>
internal static class CatalogPage
{
    private const int LimitDefault = 50;
    private const int LimitMax = 200;

    internal static async Task WriteAsync<T>(ReadCall call, string kind, Func<string, ReadPoint, Task<T?>> view)
        where T : class
    {
        var publisher = kind == "source" ? call.Query.Text("publisher") : null;
        var limit = (int)call.Query.Number("limit", LimitDefault, 1, LimitMax);
        var minPosition = call.Query.Number("minPosition", 0, 0, long.MaxValue);
        var cursor = call.Query.Text("cursor") is { } text ? ListCursor.Parse(text) : null;
        var point = await call.PointAsync();
        call.Query.Done();
        var position = await call.Service<ProjectionPositions>().ForAsync(
            CatalogProjection.ProgressName, cursor?.Position ?? (point.IsPast ? point.Position : null), minPosition, call.Cancelled);
        var restricted = await call.RestrictedAsync();
        var ids = await CatalogProjection.ListAsync(call.Store.DataSource, kind, publisher, position, cursor?.After ?? 0, limit + 1, call.Cancelled);
        var items = new List<T>();
        foreach (var (_, id) in ids.Take(limit).Where(i => kind != "source" || !restricted.Sources.Contains(i.Id)))
        {
            if (await view(id, point with { Position = position }) is { } item)
            {
                items.Add(item);
            }
        }

        var next = ids.Count > limit ? new ListCursor(position, ids[limit - 1].FromPosition).ToString() : null;
        await call.WriteAsync(new ListPage<T>(items, next, position), position);
    }
}
