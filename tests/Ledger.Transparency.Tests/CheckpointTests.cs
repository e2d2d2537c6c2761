using System.Buffers;
using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>Against the test log of transparency-dev/tessera: its key, fifteen entries and checkpoints.</summary>
public sealed class CheckpointTests
{
    private const string Origin = "example.com/log/testdata";
    private const string SigningKey = "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
    private const string PublicKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    private static readonly byte[][] Entries =
        [.. "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".Split(' ').Select(Encoding.UTF8.GetBytes)];

    [Theory]
    [InlineData(0, "lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc=")]
    [InlineData(7, "luA5JhTRUki/BBQD0QNiH6AEJ2pdtsA5CQjqJErViuuKrN6513RCTL2640wXJv0dCed3neRGI6dMzBq9uANf2Qc=")]
    [InlineData(15, "luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=")]
    public void The_published_log_gives_the_published_checkpoints_byte_for_byte(int size, string signature)
    {
        Ed25519NoteSigner.TryParse(SigningKey, out var signer, out var problem).ShouldBeTrue(problem);
        using (signer)
        {
            signer!.VerifierKey.ToString().ShouldBe(PublicKey);
            var root = NaiveMerkle.Tree(Entries[..size]).Root();
            new Checkpoint(Origin, size, root).Sign(signer).ToString()
                .ShouldBe($"{Origin}\n{size}\n{root}\n\n— {Origin} M9e0{signature}\n");
        }
    }

    [Fact]
    public void The_published_bundle_of_three_entries_is_written_byte_for_byte()
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in Entries[..3])
        {
            EntryBundle.Write(bundle, entry);
        }

        Convert.ToHexStringLower(bundle.WrittenSpan).ShouldBe("00036f6e65" + "000374776f" + "00057468726565");
    }

    [Fact]
    public void A_checkpoint_of_another_log_is_refused_though_its_signature_is_right()
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example");
        var note = new Checkpoint("ledger.example", 1, MerkleHashing.EmptyRoot).Sign(signer);
        Checkpoint.TryOpen(note, "ledger.example", [signer.VerifierKey], out var checkpoint, out _).ShouldBeTrue();
        checkpoint.ShouldBe(new Checkpoint("ledger.example", 1, MerkleHashing.EmptyRoot));
        Checkpoint.TryOpen(note, "other.example", [signer.VerifierKey], out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("other.example");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("ledger.example\n5", 1)]
    [InlineData("ledger.example", -1)]
    public void A_checkpoint_that_would_not_read_back_as_itself_is_not_signed(string origin, long size)
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example");
        Should.Throw<InvalidOperationException>(() => new Checkpoint(origin, size, MerkleHashing.EmptyRoot).Sign(signer));
    }

    [Fact]
    public void Extension_lines_are_kept_because_they_are_signed()
    {
        var text = $"ledger.example\n0\n{MerkleHashing.EmptyRoot}\nfirst\nsecond\n";
        Checkpoint.TryParse(text, out var checkpoint, out _).ShouldBeTrue();
        checkpoint!.ExtensionLines.ShouldBe(["first", "second"]);
        checkpoint.Text.ShouldBe(text);
    }

    [Theory]
    [InlineData("o\n1\nROOT")]
    [InlineData("\n1\nROOT\n")]
    [InlineData("o\n01\nROOT\n")]
    [InlineData("o\n-1\nROOT\n")]
    [InlineData("o\n+1\nROOT\n")]
    [InlineData("o\n1 \nROOT\n")]
    [InlineData("o\n9223372036854775808\nROOT\n")]
    [InlineData("o\n\nROOT\n")]
    [InlineData("o\n1\nAAAA\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n")]
    [InlineData("o\n1\nROOT\n\n")]
    [InlineData("o\n1\nROOT\n\nx\n")]
    [InlineData("o\n1\n")]
    public void What_is_not_a_checkpoint_is_refused(string text)
    {
        Checkpoint.TryParse(text.Replace("ROOT", MerkleHashing.EmptyRoot.ToString(), StringComparison.Ordinal), out _, out var problem)
            .ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_proof_reads_as_specified_and_proves_its_leaf_alone()
    {
        Ed25519NoteSigner.TryParse(SigningKey, out var signer, out _).ShouldBeTrue();
        using (signer)
        {
            var tree = NaiveMerkle.Tree(Entries);
            var note = new Checkpoint(Origin, tree.Size, tree.Root()).Sign(signer!);
            var path = await MerkleProofs.InclusionAsync(tree, 5, tree.Size);
            var proof = new TlogProof(5, path, note) { Extra = "context"u8.ToArray() };
            proof.ToString().ShouldBe(
                "c2sp.org/tlog-proof@v1\nextra Y29udGV4dA==\nindex 5\n" + string.Concat(path.Select(hash => hash + "\n")) + "\n" + note);

            TlogProof.TryParse(Encoding.UTF8.GetBytes(proof.ToString()), out var read, out var problem).ShouldBeTrue(problem);
            read!.ToString().ShouldBe(proof.ToString());
            Encoding.UTF8.GetString(read.Extra.Span).ShouldBe("context");
            for (var i = 0; i < Entries.Length; i++)
            {
                read.Proves(MerkleHashing.Leaf(Entries[i]), Origin, [signer!.VerifierKey], out _, out _).ShouldBe(i == 5);
            }

            read.Proves(MerkleHashing.Leaf(Entries[5]), "other.example", [signer!.VerifierKey], out _, out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_log_of_one_leaf_needs_no_path_and_no_extra_line()
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example");
        var leaf = MerkleHashing.Leaf("one"u8);
        var text = $"c2sp.org/tlog-proof@v1\nindex 0\n\n{new Checkpoint("ledger.example", 1, leaf).Sign(signer)}";
        TlogProof.TryParse(Encoding.UTF8.GetBytes(text), out var proof, out _).ShouldBeTrue();
        proof!.ToString().ShouldBe(text);
        proof.Extra.IsEmpty.ShouldBeTrue();
        proof.Proves(leaf, "ledger.example", [signer.VerifierKey], out var checkpoint, out _).ShouldBeTrue();
        checkpoint!.Size.ShouldBe(1);
    }

    [Theory]
    [InlineData("c2sp.org/tlog-proof@v2\nindex 0\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 00\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex -1\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AAAB=\nindex 0\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nNOTE")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\n")]
    public void What_is_not_a_proof_is_refused(string text)
    {
        var note = $"ledger.example\n1\n{MerkleHashing.EmptyRoot}\n\n— ledger.example AAAAAAA=\n";
        TlogProof.TryParse(Encoding.UTF8.GetBytes(text.Replace("NOTE", note, StringComparison.Ordinal)), out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void A_path_longer_than_any_tree_is_high_is_refused()
    {
        var note = $"ledger.example\n1\n{MerkleHashing.EmptyRoot}\n\n— ledger.example AAAAAAA=\n";
        string Proof(int count) =>
            $"c2sp.org/tlog-proof@v1\nindex 0\n{string.Concat(Enumerable.Repeat(MerkleHashing.EmptyRoot + "\n", count))}\n{note}";
        TlogProof.TryParse(Encoding.UTF8.GetBytes(Proof(MerkleProofs.HashCountMax)), out _, out _).ShouldBeTrue();
        TlogProof.TryParse(Encoding.UTF8.GetBytes(Proof(MerkleProofs.HashCountMax + 1)), out _, out _).ShouldBeFalse();
    }
}
