namespace Ledger.Transparency;

/// <summary>Makes roots and proofs for any tree size up to the newest one, from stored nodes alone.</summary>
public static class MerkleProofs
{
    /// <summary>
    /// The greatest number of hashes in a proof. No path in a tree of at most 2^63 leaves is longer, and readers of proofs refuse more.
    /// (A consistency proof can have one hash more than the height of the tree.)
    /// </summary>
    public const int HashCountMax = 64;

    /// <summary>The root of the tree of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static async ValueTask<Digest> RootAsync(IMerkleHashReader reader, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHashing.EmptyRoot : (await HashAsync(reader, [new(0, size)], cancellation))[0];
    }

    /// <summary>
    /// The inclusion proof that binds leaf <paramref name="index"/> (zero-based) to the root of the first <paramref name="size"/>
    /// leaves, the leaf's sibling first (RFC 9162 §2.1.3).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative, or not below the size.</exception>
    public static ValueTask<IReadOnlyList<Digest>> InclusionAsync(
        IMerkleHashReader reader, long index, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return HashAsync(reader, MerkleRange.OfInclusion(index, size), cancellation);
    }

    /// <summary>
    /// The consistency proof that the tree of <paramref name="size"/> leaves continues the tree of its first <paramref name="oldSize"/>
    /// leaves (RFC 9162 §2.1.4). It is empty when the sizes are equal. An empty old tree is consistent with every tree
    /// and has no proof.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The old size is not positive, or is greater than the size.</exception>
    public static ValueTask<IReadOnlyList<Digest>> ConsistencyAsync(
        IMerkleHashReader reader, long oldSize, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        return HashAsync(reader, MerkleRange.OfConsistency(oldSize, size), cancellation);
    }

    private static async ValueTask<IReadOnlyList<Digest>> HashAsync(
        IMerkleHashReader reader, List<MerkleRange> ranges, CancellationToken cancellation)
    {
        var nodes = new List<MerkleNode>();
        var ends = new int[ranges.Count];
        for (var i = 0; i < ranges.Count; i++)
        {
            ranges[i].AddNodes(nodes);
            ends[i] = nodes.Count;
        }

        if (nodes.Count == 0)
        {
            return [];
        }

        var stored = (await reader.ReadAsync(nodes, cancellation)).ToArray();
        return [.. ends.Select((end, i) => MerkleRange.Fold(stored.AsSpan((i == 0 ? 0 : ends[i - 1])..end)))];
    }
}
