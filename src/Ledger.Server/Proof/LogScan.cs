using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>
/// Compares stored events with the leaves in the tree, tile by tile. It does so for the whole log at the start, and then again and again while the signer
/// runs.
/// </summary>
internal sealed class LogScan(EventStore store, Erasures erasures, TimeProvider clock)
{
    /// <summary>This many positions are enough to see what happened. The rest is found once these events are restored.</summary>
    private const int PositionsMax = 100;

    /// <summary>
    /// An event and its erasure are read one after the other, so the first comparison may see only one of them. A real difference is still there at the
    /// second attempt.
    /// </summary>
    private const int AttemptsMax = 2;

    private const string WhatToDo =
        "Restore them from a backup, or set a new Ledger:Origin to begin a new log over what is left, and tell those who hold receipts.";

    /// <summary>Scans the log in an endless loop until it is cancelled or refuses.</summary>
    /// <param name="size">How many events are signed.</param>
    /// <param name="pause">The pause between two tiles.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    internal async Task RunAsync(Func<long> size, TimeSpan pause, CancellationToken cancellationToken)
    {
        for (long tile = 0; ; tile++)
        {
            await Task.Delay(pause, clock, cancellationToken);
            var signed = size();
            tile = tile * HashTile.WidthMax < signed ? tile : 0;
            if (signed > 0)
            {
                var (_, changed) = await CompareTileAsync(tile, signed, cancellationToken);
                Demand(changed);
            }
        }
    }

    /// <summary>Compares all signed events and passes on each intact row. At the end it refuses if any events differ, and names their positions.</summary>
    internal async Task CompareAsync(long signed, Action<LeafRow> intact, CancellationToken cancellationToken)
    {
        var changed = new List<long>();
        for (long tile = 0; tile * HashTile.WidthMax < signed && changed.Count < PositionsMax; tile++)
        {
            var (rows, differing) = await CompareTileAsync(tile, signed, cancellationToken);
            changed.AddRange(differing);
            if (changed.Count == 0)
            {
                foreach (var row in rows)
                {
                    intact(row);
                }
            }
        }

        Demand(changed);
    }

    private async Task<(IReadOnlyList<LeafRow> Rows, IReadOnlyList<long> Changed)> CompareTileAsync(long tile, long signed, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var first = (tile * HashTile.WidthMax) + 1;
            var last = Math.Min(signed, first + HashTile.WidthMax - 1);
            List<LeafRow> rows = [.. (await store.ReadEventsAsync(first, last, cancellationToken)).Select(LeafRow.Of)];
            var hashes = await TileStore.ReadAsync(store.DataSource, new(0, tile, (int)(last - first + 1)), cancellationToken);
            await erasures.CatchUpAsync(cancellationToken);
            var found = rows.ToDictionary(r => r.Event.Position);
            var changed = new List<long>();
            for (var position = first; position <= last; position++)
            {
                if (hashes is null || !found.TryGetValue(position, out var row) || row.Salts is not { } salts
                    || EventVerification.AgainstHash(row.Event, salts, HashTile.Hashes(hashes)[(int)(position - first)], erasures.Known(position)) is LeafVerdict.Tampered)
                {
                    changed.Add(position);
                }
            }

            if (changed.Count == 0 || attempt == AttemptsMax)
            {
                return (rows, changed);
            }
        }
    }

    private static void Demand(IReadOnlyList<long> changed)
    {
        if (changed.Count > 0)
        {
            throw new RefusedToSignException($"Events were changed or removed after they were signed, the first at position {changed[0]}. {WhatToDo}", [.. changed.Take(PositionsMax)]);
        }
    }
}
