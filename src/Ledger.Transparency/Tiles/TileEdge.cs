using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>
/// The right edge of a tree in tiles: the state that is needed to append leaves. It gives each tile to the caller when it becomes full,
/// and the partial tiles before a checkpoint is signed. A restart needs only the partial tiles of the last size, at
/// most one for each level. It is not thread-safe.
/// </summary>
public sealed class TileEdge
{
    private readonly List<Row> rows = [];

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Continues a tree of <paramref name="size"/> leaves, whose partial tiles it reads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    /// <exception cref="InvalidDataException">A tile has another length than the tree's size requires.</exception>
    public static async ValueTask<TileEdge> ReadAsync(long size, ReadTile readTile, CancellationToken cancellation = default)
    {
        var edge = new TileEdge { Size = size };
        foreach (var coordinates in HashTileCoordinates.PartialTiles(size))
        {
            var tile = await TileHashReader.ReadCheckedAsync(readTile, coordinates, cancellation);
            HashTile.Hashes(tile.Span).CopyTo(edge.RowAt(coordinates.Level).Hashes);
            edge.RowAt(coordinates.Level).Width = coordinates.Width;
        }

        return edge;
    }

    /// <summary>Appends the hash of the next leaf.</summary>
    /// <param name="leaf">The leaf's hash, not its bytes.</param>
    /// <param name="filled">Called for every tile that the leaf fills, lowest level first, with its 8,192 bytes.</param>
    public void Append(in Digest leaf, Action<HashTileCoordinates, byte[]> filled)
    {
        Size++;
        var hash = leaf;
        for (var level = 0; ; level++)
        {
            var row = RowAt(level);
            row.Hashes[row.Width++] = hash;
            if (row.Width < HashTile.WidthMax)
            {
                return;
            }

            var index = (Size >> ((level + 1) * HashTile.Height)) - 1;
            filled(new HashTileCoordinates(level, index, HashTile.WidthMax), MemoryMarshal.AsBytes(row.Hashes).ToArray());
            hash = HashTile.FullSubtree(row.Hashes);
            row.Width = 0;
        }
    }

    /// <summary>The partial tiles that a checkpoint of the present size needs, lowest level first.</summary>
    public IReadOnlyList<(HashTileCoordinates Coordinates, byte[] Bytes)> PartialTiles() =>
        [.. HashTileCoordinates.PartialTiles(Size).Select(tile =>
            (tile, MemoryMarshal.AsBytes(rows[tile.Level].Hashes.AsSpan(0, tile.Width)).ToArray()))];

    /// <summary>
    /// The root of the tree at its present size. It computes up to 255 hashes for each level, so call it once for each checkpoint, not for each leaf.
    /// </summary>
    public Digest Root()
    {
        var subtrees = rows.SelectMany(row => HashTile.SubtreesFromTheRight(row.Hashes.AsMemory(0, row.Width)));
        return Size == 0 ? MerkleHashing.EmptyRoot : subtrees.Aggregate((right, left) => MerkleHashing.Node(left, right));
    }

    private Row RowAt(int level)
    {
        while (rows.Count <= level)
        {
            rows.Add(new Row());
        }

        return rows[level];
    }

    private sealed class Row
    {
        public Digest[] Hashes { get; } = new Digest[HashTile.WidthMax];

        public int Width { get; set; }
    }
}
