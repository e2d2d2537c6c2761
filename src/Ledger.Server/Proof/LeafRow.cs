using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>An event with what its leaf is made of, to the letter as it stands in the table: no reading is lenient here.</summary>
/// <param name="Event">The event.</param>
/// <param name="Salts">Its salt record; null where its headers are none that the ledger writes, or where columns are filled that it leaves alone.</param>
internal sealed record LeafRow(CommittedEvent Event, SaltRecord? Salts)
{
    /// <summary>A stored event as its leaf sees it.</summary>
    internal static LeafRow Of(RecordedEvent e)
    {
        LeafHeaders? headers = null;
        if (e.Stored is { OthersAreDefault: true, Headers: { } stored })
        {
            _ = LeafHeaders.TryRead(stored, e.Stored.Correlation, out headers, out _);
        }

        return new(
            new()
            {
                Position = e.Position,
                Id = e.Id,
                Stream = e.Stream,
                Version = e.Version,
                Type = e.Type,
                RecordedAt = e.RecordedAt,
                RecordedBy = headers?.RecordedBy ?? "",
                Causation = e.Stored.Causation,
                Headers = headers?.Committed,
                Data = e.Data,
            },
            headers?.Salts);
    }

    /// <summary>The hash that belongs into the tree, or why there is none.</summary>
    internal bool TryHash(out Digest hash, out string? problem)
    {
        hash = default;
        if (!TryEncode(out var leaf, out problem))
        {
            return false;
        }

        hash = MerkleHashing.Leaf(leaf);
        return true;
    }

    /// <summary>The leaf, or why there is none.</summary>
    internal bool TryEncode(out byte[] leaf, out string? problem)
    {
        leaf = [];
        if (Salts is null)
        {
            problem = "the event has no headers that the ledger could have written, or something in columns that the ledger leaves alone, so the ledger did not append it as it stands";
            return false;
        }

        var encoded = EventLeaf.TryEncode(Event, Salts, out var bytes, out problem);
        leaf = bytes ?? [];
        return encoded;
    }
}
