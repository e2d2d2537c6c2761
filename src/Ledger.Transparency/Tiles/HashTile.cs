using System.Numerics;
using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>Computations over the hashes of one tile, which is a subtree of height 8 (C2SP tlog-tiles).</summary>
public static class HashTile
{
    /// <summary>The number of tree levels in one tile.</summary>
    public const int Height = 8;

    /// <summary>The number of hashes in a full tile.</summary>
    public const int WidthMax = 1 << Height;

    /// <summary>The bytes of a tile, seen as hashes.</summary>
    public static ReadOnlySpan<Digest> Hashes(ReadOnlySpan<byte> tile) => MemoryMarshal.Cast<byte, Digest>(tile);

    /// <summary>The hash of a node that lies within the tile.</summary>
    public static Digest Node(ReadOnlySpan<byte> tile, MerkleNode node)
    {
        var height = node.Level % Height;
        var start = (int)((node.Index << height) % WidthMax);
        return FullSubtree(Hashes(tile).Slice(start, 1 << height));
    }

    /// <summary>The root over hashes whose number is a power of two.</summary>
    internal static Digest FullSubtree(ReadOnlySpan<Digest> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        var half = hashes.Length / 2;
        return MerkleHashing.Node(FullSubtree(hashes[..half]), FullSubtree(hashes[half..]));
    }

    /// <summary>The roots of the full subtrees in a partial tile, from right to left. They form the right edge of the tree.</summary>
    internal static IEnumerable<Digest> SubtreesFromTheRight(ReadOnlyMemory<Digest> hashes)
    {
        while (!hashes.IsEmpty)
        {
            var count = 1 << BitOperations.TrailingZeroCount(hashes.Length);
            yield return FullSubtree(hashes.Span[^count..]);
            hashes = hashes[..^count];
        }
    }
}
