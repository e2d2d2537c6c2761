using System.Numerics;
using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>What can be computed from the hashes of one tile, which is a subtree of height 8 (C2SP tlog-tiles).</summary>
public static class HashTile
{
    /// <summary>Levels of the tree in one tile.</summary>
    public const int Height = 8;

    /// <summary>Hashes in a full tile.</summary>
    public const int WidthMax = 1 << Height;

    /// <summary>The bytes of a tile as the hashes that they are.</summary>
    public static ReadOnlySpan<Digest> Hashes(ReadOnlySpan<byte> tile) => MemoryMarshal.Cast<byte, Digest>(tile);

    /// <summary>The hash of a node that lies within the tile.</summary>
    public static Digest Node(ReadOnlySpan<byte> tile, MerkleNode node)
    {
        var height = node.Level % Height;
        var start = (int)((node.Index << height) % WidthMax);
        return FullSubtree(Hashes(tile).Slice(start, 1 << height));
    }

    /// <summary>The root over a power of two of hashes.</summary>
    internal static Digest FullSubtree(ReadOnlySpan<Digest> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        var half = hashes.Length / 2;
        return MerkleHashing.Node(FullSubtree(hashes[..half]), FullSubtree(hashes[half..]));
    }

    /// <summary>The full subtrees of a partial tile from right to left: what stands at the right edge of the tree.</summary>
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
