namespace Ledger.Transparency;

/// <summary>
/// The right edge of a growing tree (a compact range): the roots of its full subtrees, tallest first, one for each bit that
/// is set in the size. To append a leaf costs one node hash on average. The root can be computed at any time. It is not thread-safe.
/// </summary>
public sealed class MerkleFrontier
{
    // A size below 2^63 has at most 63 bits.
    private const int PeakCountMax = 63;

    private readonly Digest[] peaks = new Digest[PeakCountMax];
    private int peakCount;

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the full subtrees, tallest first.</summary>
    public ReadOnlySpan<Digest> Peaks => peaks.AsSpan(0, peakCount);

    /// <summary>Reads the frontier of the first <paramref name="size"/> leaves of a stored tree.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static async ValueTask<MerkleFrontier> ReadAsync(
        IMerkleHashReader reader, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var nodes = new List<MerkleNode>();
        new MerkleRange(0, size).AddNodes(nodes);
        var frontier = new MerkleFrontier { Size = size, peakCount = nodes.Count };
        if (nodes.Count > 0)
        {
            (await reader.ReadAsync(nodes, cancellation)).ToArray().CopyTo(frontier.peaks, 0);
        }

        return frontier;
    }

    /// <summary>Appends the hash of the next leaf.</summary>
    /// <param name="leaf">The leaf's hash, not its bytes.</param>
    /// <param name="completed">Called for every full subtree that the leaf completes, the leaf itself first, so that the caller can store it.</param>
    public void Append(in Digest leaf, Action<MerkleNode, Digest>? completed = null)
    {
        var hash = leaf;
        var level = 0;
        completed?.Invoke(new MerkleNode(0, Size), hash);
        for (; ((Size >> level) & 1) == 1; level++)
        {
            hash = MerkleHashing.Node(peaks[--peakCount], hash);
            completed?.Invoke(new MerkleNode(level + 1, Size >> (level + 1)), hash);
        }

        peaks[peakCount++] = hash;
        Size++;
    }

    /// <summary>The root of the tree at its present size.</summary>
    public Digest Root() => peakCount == 0 ? MerkleHashing.EmptyRoot : MerkleRange.Fold(Peaks);
}
