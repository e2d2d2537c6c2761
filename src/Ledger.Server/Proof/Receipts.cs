using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>Makes receipts of events under one signed head. A tile that several receipts need is read once.</summary>
internal sealed class Receipts(EventStore store, LogKey key, Erasures erasures, SignedHeads heads)
{
    /// <summary>
    /// An event and its erasure are read one after the other, so the first comparison may see only one of them. A real difference is still there at the
    /// second attempt.
    /// </summary>
    private const int AttemptsMax = 2;

    /// <summary>The receipts of recorded events under the newest signed head. Waits, for a bounded time, until that head covers a position.</summary>
    /// <param name="positions">The positions of the events. The caller has checked that the reader may see them.</param>
    /// <param name="covering">The position that the head must cover. It is not before any of the events.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    internal async Task<(SignedNote Head, IReadOnlyList<EventReceipt> Receipts)> OfAsync(IReadOnlyCollection<long> positions, long covering, CancellationToken cancellationToken)
    {
        var (note, checkpoint) = await heads.CoveringAsync(covering, cancellationToken);
        var tiles = new Dictionary<HashTileCoordinates, ReadOnlyMemory<byte>>();
        var reader = new TileHashReader(checkpoint.Size, async (asked, cancellation) =>
        {
            var absent = asked.Where(t => !tiles.ContainsKey(t)).ToList();
            foreach (var (tile, bytes) in absent.Zip(absent.Count == 0 ? [] : await TileStore.RequireAsync(store.DataSource, absent, cancellation)))
            {
                tiles[tile] = bytes;
            }

            return [.. asked.Select(t => tiles[t])];
        });
        for (var attempt = 1; ; attempt++)
        {
            var (receipts, changed) = await TryAsync(positions, note, checkpoint, reader, cancellationToken);
            if (changed is null)
            {
                return (note, receipts);
            }

            if (attempt == AttemptsMax)
            {
                throw new ProblemException(new(500, "tampered", "The stored event is not the one that was signed",
                    $"The event at position {changed} was changed behind the ledger's back; /health/ready tells the operator what to do."));
            }
        }
    }

    private async Task<(List<EventReceipt> Receipts, long? Changed)> TryAsync(
        IReadOnlyCollection<long> positions, SignedNote note, Checkpoint checkpoint, TileHashReader reader, CancellationToken cancellationToken)
    {
        var rows = (await store.ReadEventsAsync(positions, cancellationToken)).ToDictionary(e => e.Position, LeafRow.Of);
        await erasures.CatchUpAsync(cancellationToken);
        var receipts = new List<EventReceipt>(positions.Count);
        foreach (var position in positions.Order())
        {
            var path = await MerkleProofs.InclusionAsync(reader, position - 1, checkpoint.Size, cancellationToken);
            if (!rows.TryGetValue(position, out var row) || row.Salts is not { } salts
                || !EventReceipt.TryCreate(row.Event, salts, erasures.Known(position), path, note, out var receipt, out _)
                || receipt.Verify(checkpoint.Origin, key.VerifierKeys, out _) is LeafVerdict.Tampered)
            {
                return ([], position);
            }

            receipts.Add(receipt);
        }

        return (receipts, null);
    }
}
