using System.Numerics;

namespace Ledger.Transparency;

/// <summary>
/// A range [Start, End) of leaves, as the recursion of RFC 6962 §2.1 produces it. Start is always aligned to the power
/// of two that holds the range, so the range is a sequence of full subtrees, tallest first.
/// </summary>
internal readonly record struct MerkleRange(long Start, long End)
{
    /// <summary>Adds the full subtrees from left to right. Their levels strictly decrease.</summary>
    public void AddNodes(List<MerkleNode> nodes)
    {
        for (var start = Start; start < End;)
        {
            var level = BitOperations.Log2((ulong)(End - start));
            nodes.Add(new MerkleNode(level, start >> level));
            start += 1L << level;
        }
    }

    /// <summary>Computes the hash of a range from the hashes of its nodes.</summary>
    public static Digest Fold(ReadOnlySpan<Digest> nodes)
    {
        var hash = nodes[^1];
        for (var i = nodes.Length - 2; i >= 0; i--)
        {
            hash = MerkleHashing.Node(nodes[i], hash);
        }

        return hash;
    }

    /// <summary>The siblings on the way from a leaf to the root, the leaf's sibling first (RFC 9162 §2.1.3.1).</summary>
    public static List<MerkleRange> OfInclusion(long index, long size)
    {
        var siblings = new List<MerkleRange>();
        for (long start = 0, end = size; end - start > 1;)
        {
            var middle = start + SplitOf(end - start);
            if (index < middle)
            {
                siblings.Add(new MerkleRange(middle, end));
                end = middle;
            }
            else
            {
                siblings.Add(new MerkleRange(start, middle));
                start = middle;
            }
        }

        siblings.Reverse();
        return siblings;
    }

    /// <summary>The ranges of a consistency proof, lowest first (RFC 9162 §2.1.4.1).</summary>
    public static List<MerkleRange> OfConsistency(long oldSize, long size)
    {
        var ranges = new List<MerkleRange>();
        long start = 0;
        var end = size;
        while (end > oldSize)
        {
            var middle = start + SplitOf(end - start);
            if (oldSize <= middle)
            {
                ranges.Add(new MerkleRange(middle, end));
                end = middle;
            }
            else
            {
                ranges.Add(new MerkleRange(start, middle));
                start = middle;
            }
        }

        // When the old tree is itself a subtree that begins at the first leaf, the verifier already has its hash.
        if (start > 0)
        {
            ranges.Add(new MerkleRange(start, end));
        }

        ranges.Reverse();
        return ranges;
    }

    // The largest power of two smaller than the count (RFC 6962 §2.1).
    private static long SplitOf(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
