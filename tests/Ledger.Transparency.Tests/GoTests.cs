using System.Globalization;
using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>Go's sumdb reads what is signed and proven here. It is an independent implementation of the same formats, and the best known one.</summary>
public sealed class GoTests
{
    private const string Origin = "ledger.example/claims";

    [GoFact]
    public async Task Go_opens_a_checkpoint_that_was_signed_here_and_no_other()
    {
        using var signer = Ed25519NoteSigner.Generate(Origin);
        using var other = Ed25519NoteSigner.Generate(Origin);
        var tree = Grown(100);
        var checkpoint = new Checkpoint(Origin, tree.Size, tree.Root()).Sign(signer);
        var signed = checkpoint.ToString();
        var both = new Checkpoint(Origin, tree.Size, tree.Root()).Sign(signer, other).ToString();

        var said = await GoProcess.CheckAsync(new
        {
            Open = new[]
            {
                Opened(signed, signer), Opened(both, signer), Opened(both, other),
                Opened(signed, other), Opened(signed.Replace("\n100\n", "\n101\n", StringComparison.Ordinal), signer),
            },
        });

        said[..3].ShouldAllBe(problem => problem.Length == 0);
        said[3..].ShouldAllBe(problem => problem.Length > 0);

        object Opened(string note, Ed25519NoteSigner by) => new { Note = note, Key = by.VerifierKey.ToString(), checkpoint.Text };
    }

    [GoFact]
    public async Task Go_signs_with_a_key_that_was_made_here_and_makes_the_same_note()
    {
        using var signer = Ed25519NoteSigner.Generate(Origin);
        const string Text = "Ωραία\n\n— not a signature\n";
        var note = SignedNote.Sign(Text, signer).ToString();

        var said = await GoProcess.CheckAsync(new { Sign = new[] { new { Text, Secret = signer.ExportSecret(), Note = note } } });

        said.ShouldBe([""]);
    }

    [GoFact]
    public async Task Go_accepts_the_proofs_that_are_made_here_and_refuses_them_for_another_leaf_or_root()
    {
        long[] sizes = [1, 2, 3, 5, 8, 64, 255, 256, 257, 1_000];
        var tree = Grown(sizes[^1]);
        var (inclusions, consistencies) = (new List<object>(), new List<object>());
        foreach (var size in sizes)
        {
            var root = await MerkleProofs.RootAsync(tree, size);
            foreach (var index in new[] { 0, size / 2, size - 1 }.Distinct())
            {
                var proof = await MerkleProofs.InclusionAsync(tree, index, size);
                inclusions.Add(Inclusion(index, size, root, proof));
                inclusions.Add(Inclusion(index + 1, size, root, proof));
            }

            foreach (var from in sizes.Where(from => from <= size))
            {
                var (before, proof) = (await MerkleProofs.RootAsync(tree, from), await MerkleProofs.ConsistencyAsync(tree, from, size));
                consistencies.Add(Consistency(before, root, proof));
                consistencies.Add(Consistency(MerkleHashing.EmptyRoot, root, proof));

                object Consistency(in Digest fromRoot, in Digest toRoot, IEnumerable<Digest> hashes) =>
                    new { From = from, To = size, FromRoot = fromRoot.ToString(), ToRoot = toRoot.ToString(), Proof = Texts(hashes) };
            }

            object Inclusion(long leaf, long of, in Digest under, IEnumerable<Digest> hashes) =>
                new { Leaf = LeafAt(leaf), Index = Math.Min(leaf, of - 1), Size = of, Root = under.ToString(), Proof = Texts(hashes) };
        }

        var said = await GoProcess.CheckAsync(new { Inclusion = inclusions, Consistency = consistencies });

        said.Length.ShouldBe(inclusions.Count + consistencies.Count);
        said.Where((_, i) => i % 2 == 0).ShouldAllBe(problem => problem.Length == 0);
        said.Where((_, i) => i % 2 == 1).ShouldAllBe(problem => problem.Length > 0);
    }

    private static MerkleTree Grown(long size)
    {
        var tree = new MerkleTree();
        for (var index = 0L; index < size; index++)
        {
            tree.Append(MerkleHashing.Leaf(LeafAt(index)));
        }

        return tree;
    }

    private static byte[] LeafAt(long index) => Encoding.UTF8.GetBytes(index.ToString(CultureInfo.InvariantCulture));

    private static string[] Texts(IEnumerable<Digest> hashes) => [.. hashes.Select(hash => hash.ToString())];
}
