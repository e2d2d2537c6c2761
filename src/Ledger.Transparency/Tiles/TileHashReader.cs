namespace Ledger.Transparency;

/// <summary>
/// The bytes of a tile. Its reader may answer from the full tile when a partial one was asked for, cut to the width.
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>> ReadTile(HashTileCoordinates tile, CancellationToken cancellation);

/// <summary>
/// Nodes of a tree of <paramref name="treeSize"/> leaves, computed from its tiles. The tiles are taken as they come: whoever
/// fetches them from a stranger checks the resulting root or proof against a signed checkpoint, which sees any forgery.
/// </summary>
public sealed class TileHashReader(long treeSize, ReadTile readTile) : IMerkleHashReader
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A tile has another length than the tree's size requires.</exception>
    public async ValueTask<IReadOnlyList<Digest>> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellation)
    {
        var tiles = new Dictionary<HashTileCoordinates, ReadOnlyMemory<byte>>();
        var hashes = new Digest[nodes.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            var coordinates = HashTileCoordinates.Holding(nodes[i], treeSize);
            if (!tiles.TryGetValue(coordinates, out var tile))
            {
                tile = await ReadCheckedAsync(readTile, coordinates, cancellation);
                tiles.Add(coordinates, tile);
            }

            hashes[i] = HashTile.Node(tile.Span, nodes[i]);
        }

        return hashes;
    }

    internal static async ValueTask<ReadOnlyMemory<byte>> ReadCheckedAsync(
        ReadTile readTile, HashTileCoordinates coordinates, CancellationToken cancellation)
    {
        var tile = await readTile(coordinates, cancellation);
        return tile.Length == coordinates.ByteCount
            ? tile
            : throw new InvalidDataException(
                $"{coordinates.Path} has {tile.Length} bytes where a tree of this size needs {coordinates.ByteCount}.");
    }
}
