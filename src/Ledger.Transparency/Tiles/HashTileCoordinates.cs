using System.Globalization;

namespace Ledger.Transparency;

/// <summary>
/// Which hash tile: its hashes are those of the nodes at tree level 8·<paramref name="Level"/> from index
/// 256·<paramref name="Index"/> on (C2SP tlog-tiles).
/// </summary>
/// <param name="Level">Tile level, 0 (leaf hashes) to <see cref="LevelMax"/>.</param>
/// <param name="Index">Zero-based place among the tiles of the level.</param>
/// <param name="Width">Number of hashes: 256, or fewer in a partial tile.</param>
public readonly record struct HashTileCoordinates(int Level, long Index, int Width)
{
    /// <summary>The highest tile level that the format knows.</summary>
    public const int LevelMax = 63;

    // Above this level a tree of 2^63 leaves has no node, and shifting by it would lose the size.
    internal const int PopulatedLevelMax = 7;

    private const string Prefix = "tile/";

    /// <summary>The address under the log's prefix: <c>tile/0/x001/x234/067.p/5</c>.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Level}/{TileIndexPath.Format(Index, Width)}");

    /// <summary>The bytes that the tile has, exactly.</summary>
    public int ByteCount => Width * Digest.Length;

    /// <summary>Reads an address as <see cref="Path"/> writes it, and nothing else.</summary>
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

    /// <summary>The tile that holds a node or the hashes below it, as wide as it is in a tree of <paramref name="treeSize"/>.</summary>
    public static HashTileCoordinates Holding(MerkleNode node, long treeSize)
    {
        var level = node.Level / HashTile.Height;
        var index = (node.Index << (node.Level % HashTile.Height)) / HashTile.WidthMax;
        var width = Math.Min(HashTile.WidthMax, (treeSize >> (level * HashTile.Height)) - (index * HashTile.WidthMax));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width, nameof(node));
        return new HashTileCoordinates(level, index, (int)width);
    }

    /// <summary>The partial tiles on the right edge of a tree, lowest first; full tiles stand to their left.</summary>
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
