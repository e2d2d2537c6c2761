using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Transparency.Tests;

public sealed class MerklePropertyTests
{
    // Mostly small trees, where every shape of the right edge occurs, and now and then one of several hundred leaves.
    private static readonly Arbitrary<byte[][]> Leaves = Gen.Frequency(
            (9, Gen.Choose(1, 40)), (1, Gen.Choose(41, 300)))
        .SelectMany(size => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(4).ArrayOf(size))
        .ToArbitrary();

    [Fact]
    public void Ten_thousand_random_trees_agree_with_the_recursive_definition()
    {
        var trees = 0;
        Prop.ForAll(Leaves, async leaves =>
        {
            trees++;
            var random = new Random(trees);
            var tree = NaiveMerkle.Tree(leaves);
            var size = random.Next(1, leaves.Length + 1);
            var oldSize = random.Next(1, size + 1);
            var index = random.Next(size);
            var (past, older) = (leaves[..size], leaves[..oldSize]);

            var root = await MerkleProofs.RootAsync(tree, size);
            var inclusion = await MerkleProofs.InclusionAsync(tree, index, size);
            var consistency = await MerkleProofs.ConsistencyAsync(tree, oldSize, size);

            tree.Root().ShouldBe(new Digest(NaiveMerkle.Root(leaves)));
            root.ShouldBe(new Digest(NaiveMerkle.Root(past)));
            inclusion.ShouldBe(NaiveMerkle.Digests(NaiveMerkle.Inclusion(index, past)));
            consistency.ShouldBe(NaiveMerkle.Digests(NaiveMerkle.Consistency(oldSize, past)));
            MerkleVerification.Inclusion(MerkleHashing.Leaf(leaves[index]), index, size, inclusion, root).ShouldBeTrue();
            MerkleVerification.Consistency(oldSize, size, new Digest(NaiveMerkle.Root(older)), root, consistency).ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
        trees.ShouldBeGreaterThanOrEqualTo(10_000);
    }

    [Fact]
    public void A_frontier_read_back_from_a_tree_continues_with_the_same_roots() =>
        Prop.ForAll(Leaves, async leaves =>
        {
            var tree = NaiveMerkle.Tree(leaves);
            var stop = leaves.Length / 2;
            var frontier = await MerkleFrontier.ReadAsync(tree, stop);
            foreach (var leaf in leaves[stop..])
            {
                frontier.Append(MerkleHashing.Leaf(leaf));
            }

            frontier.Size.ShouldBe(leaves.Length);
            frontier.Root().ShouldBe(tree.Root());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public async Task Every_byte_of_every_proof_matters()
    {
        const int Size = 21;
        var leaves = Enumerable.Range(0, Size).Select(value => new[] { (byte)value }).ToArray();
        var tree = NaiveMerkle.Tree(leaves);
        var root = tree.Root();
        for (var i = 0; i < Size; i++)
        {
            var leaf = MerkleHashing.Leaf(leaves[i]);
            var inclusion = await MerkleProofs.InclusionAsync(tree, i, Size);
            MerkleVerification.Inclusion(leaf, i, Size, inclusion, root).ShouldBeTrue();
            Corruptions(inclusion).ShouldAllBe(proof => !MerkleVerification.Inclusion(leaf, i, Size, proof, root));
            Corruptions([leaf]).ShouldAllBe(forged => forged.Length != 1 || !MerkleVerification.Inclusion(forged[0], i, Size, inclusion, root));
            Corruptions([root]).ShouldAllBe(forged => forged.Length != 1 || !MerkleVerification.Inclusion(leaf, i, Size, inclusion, forged[0]));

            var oldSize = i + 1;
            var oldRoot = await MerkleProofs.RootAsync(tree, oldSize);
            var consistency = await MerkleProofs.ConsistencyAsync(tree, oldSize, Size);
            MerkleVerification.Consistency(oldSize, Size, oldRoot, root, consistency).ShouldBeTrue();
            Corruptions(consistency).ShouldAllBe(proof => !MerkleVerification.Consistency(oldSize, Size, oldRoot, root, proof));
            Corruptions([oldRoot]).ShouldAllBe(forged => forged.Length != 1 || !MerkleVerification.Consistency(oldSize, Size, forged[0], root, consistency));
        }
    }

    [Fact]
    public async Task A_proof_holds_for_its_own_index_and_size_alone()
    {
        const int Size = 13;
        var leaves = Enumerable.Range(0, Size).Select(value => new[] { (byte)value }).ToArray();
        var tree = NaiveMerkle.Tree(leaves);
        for (var index = 0; index < Size; index++)
        {
            var proof = await MerkleProofs.InclusionAsync(tree, index, Size);
            for (var other = -1; other <= Size; other++)
            {
                MerkleVerification.Inclusion(MerkleHashing.Leaf(leaves[index]), other, Size, proof, tree.Root()).ShouldBe(other == index);
            }
        }
    }

    [Fact]
    public async Task Asking_for_a_proof_outside_the_tree_is_a_mistake_of_the_caller()
    {
        var tree = NaiveMerkle.Tree([[1], [2]]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => MerkleProofs.InclusionAsync(tree, 2, 2).AsTask());
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => MerkleProofs.ConsistencyAsync(tree, 0, 2).AsTask());
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => MerkleProofs.ConsistencyAsync(tree, 2, 1).AsTask());
    }

    // Each byte changed, each hash left out, and one too many at either end.
    private static IEnumerable<Digest[]> Corruptions(IReadOnlyList<Digest> hashes)
    {
        for (var i = 0; i < hashes.Count; i++)
        {
            for (var at = 0; at < Digest.Length; at++)
            {
                var bytes = hashes[i].Bytes.ToArray();
                bytes[at] ^= 0x10;
                Digest[] changed = [.. hashes];
                changed[i] = new Digest(bytes);
                yield return changed;
            }

            yield return [.. hashes.Take(i), .. hashes.Skip(i + 1)];
        }

        yield return [.. hashes, MerkleHashing.EmptyRoot];
        yield return [MerkleHashing.EmptyRoot, .. hashes];
    }
}
