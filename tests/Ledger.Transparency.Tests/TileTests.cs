using System.Buffers;
using System.Globalization;

namespace Ledger.Transparency.Tests;

public sealed class TileTests
{
    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(63, 1234067, 5, "tile/63/x001/x234/067.p/5")]
    [InlineData(1, 999, 255, "tile/1/999.p/255")]
    [InlineData(2, 1000, 1, "tile/2/x001/000.p/1")]
    public void A_hash_tile_has_the_specified_path(int level, long index, int width, string path)
    {
        var tile = new HashTileCoordinates(level, index, width);
        tile.Path.ShouldBe(path);
        HashTileCoordinates.TryParse(path, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(tile);
    }

    [Theory]
    [InlineData(0, 256, "tile/entries/000")]
    [InlineData(1234067, 17, "tile/entries/x001/x234/067.p/17")]
    public void An_entry_bundle_has_the_specified_path(long index, int width, string path)
    {
        var bundle = new EntryBundleCoordinates(index, width);
        bundle.Path.ShouldBe(path);
        EntryBundleCoordinates.TryParse(path, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(bundle);
    }

    [Theory]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/xx01/002")]
    [InlineData("tile/0/1")]
    [InlineData("tile/0/0001")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/+1")]
    [InlineData("tile/0/000.p/1/000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/")]
    [InlineData("tile/0")]
    [InlineData("Tile/0/000")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    public void Any_other_spelling_of_a_path_is_refused(string path) =>
        HashTileCoordinates.TryParse(path, out _).ShouldBeFalse();

    [Fact]
    public void A_tree_of_seventy_thousand_leaves_has_the_partial_tiles_of_the_specification()
    {
        HashTileCoordinates.PartialTiles(70_000).ShouldBe([new(0, 273, 112), new(1, 1, 17), new(2, 0, 1)]);
        HashTileCoordinates.PartialTiles(256).ShouldBe([new(1, 0, 1)]);
        HashTileCoordinates.PartialTiles(0).ShouldBeEmpty();
    }

    [Fact]
    public async Task Roots_and_proofs_from_tiles_are_those_from_memory()
    {
        const int Size = 66_000;
        var tree = new MerkleTree();
        var edge = new TileEdge();
        var tiles = new Dictionary<string, byte[]>();
        for (var i = 0; i < Size; i++)
        {
            var leaf = MerkleHashing.Leaf(BitConverter.GetBytes(i));
            tree.Append(leaf);
            edge.Append(leaf, (coordinates, bytes) => tiles.Add(coordinates.Path, bytes));
        }

        tiles.Count.ShouldBe((Size / 256) + 1);
        edge.Root().ShouldBe(tree.Root());
        Keep(tiles, edge);

        var reader = Reader(tiles, Size);
        (await MerkleProofs.RootAsync(reader, Size)).ShouldBe(tree.Root());
        foreach (var number in new[] { 1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, Size })
        {
            (await MerkleProofs.InclusionAsync(reader, number - 1, Size)).ShouldBe(await MerkleProofs.InclusionAsync(tree, number - 1, Size));
            (await MerkleProofs.ConsistencyAsync(reader, number, Size)).ShouldBe(await MerkleProofs.ConsistencyAsync(tree, number, Size));
        }
    }

    [Fact]
    public async Task An_edge_read_back_from_its_partial_tiles_continues_with_the_same_roots()
    {
        var tree = new MerkleTree();
        var tiles = new Dictionary<string, byte[]>();
        var edge = new TileEdge();
        edge.Root().ShouldBe(MerkleHashing.EmptyRoot);
        for (var i = 0; i < 1_000; i++)
        {
            var leaf = MerkleHashing.Leaf(BitConverter.GetBytes(i));
            tree.Append(leaf);
            edge.Append(leaf, (coordinates, bytes) => tiles.Add(coordinates.Path, bytes));
            if (i % 97 == 0)
            {
                Keep(tiles, edge);
                edge = await TileEdge.ReadAsync(edge.Size, (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tiles[tile.Path]));
            }

            edge.Root().ShouldBe(tree.Root(), i.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_tile_of_the_wrong_length_is_named()
    {
        var reader = new TileHashReader(3, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[64]));
        var exception = await Should.ThrowAsync<InvalidDataException>(() => MerkleProofs.RootAsync(reader, 3).AsTask());
        exception.Message.ShouldContain("tile/0/000.p/3");
    }

    [Fact]
    public void A_bundle_gives_back_its_entries()
    {
        byte[][] entries = [[], [7], new byte[EntryBundle.EntryLengthMax]];
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            EntryBundle.Write(bundle, entry);
        }

        bundle.WrittenSpan[..5].ToArray().ShouldBe<byte[]>([0, 0, 0, 1, 7]);
        EntryBundle.TryRead(bundle.WrittenMemory, entries.Length, out var read).ShouldBeTrue();
        read!.Select(entry => entry.ToArray()).ShouldBe(entries);
        EntryBundle.TryRead(bundle.WrittenMemory, entries.Length - 1, out _).ShouldBeFalse();
        EntryBundle.TryRead(bundle.WrittenMemory, entries.Length + 1, out _).ShouldBeFalse();
        EntryBundle.TryRead(bundle.WrittenMemory[..^1], entries.Length, out _).ShouldBeFalse();
        EntryBundle.TryRead(new byte[] { 0 }, 1, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_entry_too_long_for_its_two_byte_length_is_a_mistake_of_the_caller() =>
        Should.Throw<ArgumentException>(() => EntryBundle.Write(new ArrayBufferWriter<byte>(), new byte[EntryBundle.EntryLengthMax + 1]));

    private static void Keep(Dictionary<string, byte[]> tiles, TileEdge edge)
    {
        foreach (var (coordinates, bytes) in edge.PartialTiles())
        {
            tiles[coordinates.Path] = bytes;
        }
    }

    private static TileHashReader Reader(Dictionary<string, byte[]> tiles, long size) =>
        new(size, (tile, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(tiles[tile.Path]));
}
