namespace Ledger.Transparency;

/// <summary>Roots and proofs of any tree size up to the newest, made from stored nodes alone.</summary>
public static class MerkleProofs
{
    /// <summary>
    /// No path in a tree of at most 2^63 leaves is longer; whatever reads a proof refuses more. (A consistency proof can
    /// hold one hash more than the tree is high.)
    /// </summary>
    public const int HashCountMax = 64;

    /// <summary>The root of the tree of the first <paramref name="size"/> leaves.</summary>
    public static async ValueTask<Digest> RootAsync(IMerkleHashReader reader, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHashing.EmptyRoot : (await HashAsync(reader, [new(0, size)], cancellation))[0];
    }

    /// <summary>
    /// The path that binds leaf <paramref name="index"/> (zero-based) to the root of the first <paramref name="size"/>
    /// leaves, the leaf's sibling first (RFC 9162 §2.1.3).
    /// </summary>
    public static ValueTask<IReadOnlyList<Digest>> InclusionAsync(
        IMerkleHashReader reader, long index, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return HashAsync(reader, MerkleRange.OfInclusion(index, size), cancellation);
    }

    /// <summary>
    /// The proof that the first <paramref name="oldSize"/> leaves of the tree of <paramref name="size"/> are the tree that
    /// was signed then (RFC 9162 §2.1.4). Empty when the sizes are equal. An empty old tree is consistent with everything
    /// and has no proof: asking for one is a mistake.
    /// </summary>
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
