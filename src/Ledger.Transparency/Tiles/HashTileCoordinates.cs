using System.Globalization;

namespace Ledger.Transparency;

/// <summary>
/// The coordinates of a hash tile. Its hashes are those of the nodes at tree level 8·<paramref name="Level"/>, beginning with index
/// 256·<paramref name="Index"/> (C2SP tlog-tiles).
/// </summary>
/// <param name="Level">The tile level, from 0 (leaf hashes) to <see cref="LevelMax"/>.</param>
/// <param name="Index">The zero-based index among the tiles of the level.</param>
/// <param name="Width">The number of hashes: 256, or fewer in a partial tile.</param>
public readonly record struct HashTileCoordinates(int Level, long Index, int Width)
{
    /// <summary>The highest tile level that the format knows.</summary>
    public const int LevelMax = 63;

    // Above this level a tree of 2^63 leaves has no node, and a shift by that many bits would lose the size.
    internal const int PopulatedLevelMax = 7;

    private const string Prefix = "tile/";

    /// <summary>The path under the log's prefix, such as <c>tile/0/x001/x234/067.p/5</c>.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Level}/{TileIndexPath.Format(Index, Width)}");

    /// <summary>The exact size of the tile in bytes.</summary>
    public int ByteCount => Width * Digest.Length;

    /// <summary>Reads a path exactly as <see cref="Path"/> writes it, and nothing else.</summary>
    public static bool TryParse(string path, out HashTileCoordinates tile)
    {
        tile = default;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)
            || path.IndexOf('/', Prefix.Length) is var slash && slash < 0
            || !int.TryParse(path.AsSpan(Prefix.Length..slash), NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            || level > LevelMax
            || !TileIndexPath.TryParse(path[(slash + 1)..], out var index, out var width))
        {
            return false;
        }

        tile = new HashTileCoordinates(level, index, width);
        return tile.Path == path;
    }

    /// <summary>The tile that holds a node or the hashes below it, with its width in a tree of <paramref name="treeSize"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree does not have the node.</exception>
    public static HashTileCoordinates Holding(MerkleNode node, long treeSize)
    {
        var level = node.Level / HashTile.Height;
        var index = (node.Index << (node.Level % HashTile.Height)) / HashTile.WidthMax;
        var width = Math.Min(HashTile.WidthMax, (treeSize >> (level * HashTile.Height)) - (index * HashTile.WidthMax));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width, nameof(node));
        return new HashTileCoordinates(level, index, (int)width);
    }

    /// <summary>The partial tiles on the right edge of a tree, lowest level first. All tiles to their left are full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static IReadOnlyList<HashTileCoordinates> PartialTiles(long treeSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(treeSize);
        var tiles = new List<HashTileCoordinates>();
        for (var level = 0; level <= PopulatedLevelMax; level++)
        {
            var hashCount = treeSize >> (level * HashTile.Height);
            if (hashCount % HashTile.WidthMax is var width and > 0)
            {
                tiles.Add(new HashTileCoordinates(level, hashCount / HashTile.WidthMax, (int)width));
            }
        }

        return tiles;
    }
}
