using System.Buffers;
using System.Text;
using Ledger.Domain;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>
/// The log for verifiers and witnesses: the signed head, the tiles and the entries as C2SP tlog-tiles defines them, and the events with the salts that open
/// their leaves.
/// </summary>
internal static class LogRoutes
{
    private const string Immutable = "public, max-age=31536000, immutable";
    private const string Binary = "application/octet-stream";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/log/checkpoint", "The newest signed head", CheckpointAsync).WithTags("Proof");
        routes.MapRead("/log/key", "The verifier key of the log, or both while one is being replaced, a line each", KeyAsync).WithTags("Proof");
        routes.MapRead("/log/tile/entries/{**path}", "A bundle of leaves", EntriesAsync).WithTags("Proof");
        routes.MapRead("/log/tile/{**path}", "A tile of hashes", TileAsync).WithTags("Proof");
        routes.MapRead("/log/events/{tile}", "256 events with the salts of their fields, a line each, to compute their leaves from", EventsAsync).WithTags("Proof");
    }

    private static async Task CheckpointAsync(ReadCall call)
    {
        call.Query.Done();
        var (note, _) = await call.Service<SignedHeads>().CurrentAsync(call.Cancelled);
        await WriteAsync(call, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(note.ToString()));
    }

    private static Task KeyAsync(ReadCall call)
    {
        call.Query.Done();
        return WriteAsync(call, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(string.Concat(call.Service<LogKey>().VerifierKeys.Select(k => k + "\n"))));
    }

    private static async Task TileAsync(ReadCall call)
    {
        call.Query.Done();
        if (!HashTileCoordinates.TryParse($"tile/{call.Route("path")}", out var tile))
        {
            throw NoTile();
        }

        var bytes = await TileStore.ReadAsync(call.Store.DataSource, tile, call.Cancelled) ?? throw NoTile();
        call.Response.Headers.CacheControl = Immutable;
        await WriteAsync(call, Binary, bytes);
    }

    /// <summary>
    /// Leaves are computed from the stored rows. So a changed row gives an entry that is not in the tree, and a missing row gives an empty entry.
    /// </summary>
    private static async Task EntriesAsync(ReadCall call)
    {
        call.Query.Done();
        if (!EntryBundleCoordinates.TryParse($"tile/entries/{call.Route("path")}", out var bundle))
        {
            throw NoTile();
        }

        var first = (bundle.Index * HashTile.WidthMax) + 1;
        var last = first + bundle.Width - 1;
        if (last > (await call.Service<SignedHeads>().CurrentAsync(call.Cancelled)).Checkpoint.Size)
        {
            throw NoTile();
        }

        var rows = (await call.Store.ReadEventsAsync(first, last, call.Cancelled)).ToDictionary(e => e.Position, LeafRow.Of);
        var buffer = new ArrayBufferWriter<byte>();
        for (var position = first; position <= last; position++)
        {
            EntryBundle.Write(buffer, rows.TryGetValue(position, out var row) && row.TryEncode(out var leaf, out _) ? leaf : []);
        }

        call.Response.Headers.CacheControl = Immutable;
        await WriteAsync(call, Binary, buffer.WrittenSpan.ToArray());
    }

    /// <summary>The public does not get events that are restricted or that are about access. Their leaves are still among the entries.</summary>
    private static async Task EventsAsync(ReadCall call)
    {
        call.Query.Done();
        if (!long.TryParse(call.Route("tile"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var tile)
            || tile > long.MaxValue / HashTile.WidthMax / 2)
        {
            throw NoTile();
        }

        var restricted = await call.RestrictedAsync();
        var first = (tile * HashTile.WidthMax) + 1;
        var last = first + HashTile.WidthMax - 1;
        var hidden = restricted.IsEmpty ? [] : (await call.Store.ReadFeedAsync(first - 1, HashTile.WidthMax, Store.FeedFilter.All, call.Cancelled)).Events
            .Where(restricted.Hides).Select(e => e.Position).ToHashSet();
        var rows = (await call.Store.ReadEventsAsync(first, last, call.Cancelled)).Select(LeafRow.Of);
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var row in rows)
        {
            if (hidden.Contains(row.Event.Position) || restricted.HidesStream(row.Event.Stream))
            {
                buffer.Write(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"withheld\":{row.Event.Position}}}")));
            }
            else if (row.Salts is null || !OpenedEvent.TryWrite(row.Event, row.Salts, buffer, out _))
            {
                continue;
            }

            buffer.Write("\n"u8);
        }

        await WriteAsync(call, "application/x-ndjson", buffer.WrittenSpan.ToArray());
    }

    private static Task WriteAsync(ReadCall call, string contentType, byte[] bytes) => call.Response.WriteWholeAsync(bytes, contentType, call.Cancelled);

    private static ProblemException NoTile() => new(Problem.NotFound("There is no such tile: ask for those of the tree whose size /log/checkpoint says, by their C2SP tlog-tiles paths."));
}
