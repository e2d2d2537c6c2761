using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>An event with everything that its leaf is computed from, exactly as it is stored in the table. Nothing is read leniently here.</summary>
/// <param name="Event">The event.</param>
/// <param name="Salts">
/// Its salts. Null if the ledger cannot have written the row: the headers are not in its form, or a column has a value that the ledger never sets.
/// </param>
internal sealed record LeafRow(CommittedEvent Event, SaltRecord? Salts)
{
    /// <summary>The row of a stored event.</summary>
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

    /// <summary>Gives the hash for the tree, or the reason why there is none.</summary>
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

    /// <summary>Gives the leaf, or the reason why there is none.</summary>
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
