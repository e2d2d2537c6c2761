namespace Ledger.Transparency;

/// <summary>
/// Reads the bytes of a tile. For a partial tile it may use the full tile, cut to the requested width.
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>> ReadTile(HashTileCoordinates tile, CancellationToken cancellation);

/// <summary>
/// Reads the bytes of several tiles, in their order, so that a store can answer in one round trip.
/// </summary>
public delegate ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadTiles(IReadOnlyList<HashTileCoordinates> tiles, CancellationToken cancellation);

/// <summary>
/// Reads the nodes of a tree of <paramref name="treeSize"/> leaves from its tiles. The tiles are not verified. A caller that
/// fetches them from somebody else must check the resulting root or proof against a signed checkpoint, which detects any forgery.
/// </summary>
public sealed class TileHashReader(long treeSize, ReadTiles readTiles) : IMerkleHashReader
{
    /// <summary>Makes a reader that reads the tiles one after the other.</summary>
    public TileHashReader(long treeSize, ReadTile readTile)
        : this(treeSize, async (tiles, cancellation) =>
        {
            var read = new ReadOnlyMemory<byte>[tiles.Count];
            for (var i = 0; i < read.Length; i++)
            {
                read[i] = await readTile(tiles[i], cancellation);
            }

            return read;
        })
    {
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A tile has another length than the tree's size requires.</exception>
    public async ValueTask<IReadOnlyList<Digest>> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellation)
    {
        var holding = nodes.Select(node => HashTileCoordinates.Holding(node, treeSize)).ToList();
        var needed = holding.Distinct().ToList();
        var read = await readTiles(needed, cancellation);
        var tiles = new Dictionary<HashTileCoordinates, ReadOnlyMemory<byte>>();
        for (var i = 0; i < needed.Count; i++)
        {
            tiles.Add(needed[i], Checked(needed[i], read[i]));
        }

        var hashes = new Digest[nodes.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = HashTile.Node(tiles[holding[i]].Span, nodes[i]);
        }

        return hashes;
    }

    internal static async ValueTask<ReadOnlyMemory<byte>> ReadCheckedAsync(
        ReadTile readTile, HashTileCoordinates coordinates, CancellationToken cancellation) =>
        Checked(coordinates, await readTile(coordinates, cancellation));

    private static ReadOnlyMemory<byte> Checked(HashTileCoordinates coordinates, ReadOnlyMemory<byte> tile) =>
        tile.Length == coordinates.ByteCount
            ? tile
            : throw new InvalidDataException(
                $"{coordinates.Path} has {tile.Length} bytes where a tree of this size needs {coordinates.ByteCount}.");
}
