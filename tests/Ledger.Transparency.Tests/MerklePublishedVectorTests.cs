using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>Values that others published: the eight leaves of Certificate Transparency's first tests, and sums over all small trees.</summary>
public sealed class MerklePublishedVectorTests
{
    private static readonly byte[][] EightLeaves =
        [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }
            .Select(Convert.FromHexString)];

    private static readonly string[] RootsBySize =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public async Task The_roots_of_no_leaf_to_eight_are_the_published_ones()
    {
        var tree = NaiveMerkle.Tree(EightLeaves);
        for (var size = 0; size < RootsBySize.Length; size++)
        {
            var root = await MerkleProofs.RootAsync(tree, size);
            Hex(root).ShouldBe(RootsBySize[size]);
            Hex(NaiveMerkle.Tree(EightLeaves[..size]).Root()).ShouldBe(RootsBySize[size]);
        }
    }

    [Fact]
    public void A_leaf_and_a_node_hash_to_the_published_values()
    {
        Hex(MerkleHashing.Leaf("L123456"u8)).ShouldBe("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
        Hex(MerkleHashing.Leaf([])).ShouldBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        var pair = EightLeaves[..2].Select(leaf => MerkleHashing.Leaf(leaf)).ToArray();
        Hex(MerkleHashing.Node(pair[0], pair[1])).ShouldBe(RootsBySize[2]);
    }

    [Fact]
    public void A_leaf_of_sixty_thousand_bytes_hashes_like_a_short_one()
    {
        var leaf = new byte[60_000];
        Hex(MerkleHashing.Leaf(leaf)).ShouldBe(Convert.ToHexStringLower(SHA256.HashData([0, .. leaf])));
    }

    // Sums published in the appendix "Subtree Test Vectors" of draft-ietf-plants-merkle-tree-certs: every subtree
    // [start, end) of 130 leaves 00, 01, … that the draft calls valid, each written as a line into one SHA-256.
    [Fact]
    public void The_roots_of_all_subtrees_of_130_leaves_sum_to_the_published_hash()
    {
        var lines = new StringBuilder();
        foreach (var (start, end) in ValidSubtrees(130))
        {
            lines.Append(CultureInfo.InvariantCulture, $"[{start}, {end}) {Hex(Subtree(start, end).Root())}\n");
        }

        Sum(lines).ShouldBe("b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
    }

    [Fact]
    public async Task The_inclusion_proofs_of_all_subtrees_of_130_leaves_sum_to_the_published_hash()
    {
        var lines = new StringBuilder();
        foreach (var (start, end) in ValidSubtrees(130))
        {
            var tree = Subtree(start, end);
            for (var index = start; index < end; index++)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{index} [{start}, {end})");
                foreach (var hash in await MerkleProofs.InclusionAsync(tree, index - start, end - start))
                {
                    lines.Append(' ').Append(Hex(hash));
                }

                lines.Append('\n');
            }
        }

        Sum(lines).ShouldBe("ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
    }

    public static TheoryData<string> Probes() => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "merkle-probes.tsv"))
        .Where(line => !line.StartsWith('#'))];

    [Theory]
    [MemberData(nameof(Probes))]
    public void A_published_proof_is_accepted_or_refused_as_published(string probe)
    {
        if (probe.Split('\t') is not [var kind, var answer, _, var first, var second, var left, var right, var path])
        {
            throw new InvalidDataException(probe);
        }

        // 2^64 − 1 stands for a negative index, because the vectors use unsigned numbers.
        var (index, size) = ((long)ulong.Parse(first, CultureInfo.InvariantCulture), long.Parse(second, CultureInfo.InvariantCulture));
        var proof = path.Length == 0 ? [] : path.Split(',').Select(Hash).ToArray();
        var accepted = kind == "inclusion"
            ? MerkleVerification.Inclusion(Hash(left), index, size, proof, Hash(right))
            : MerkleVerification.Consistency(index, size, Hash(left), Hash(right), proof);
        (accepted ? "accepted" : "refused").ShouldBe(answer);
    }

    private static Digest Hash(string base64) => new(Convert.FromBase64String(base64));

    private static IEnumerable<(int Start, int End)> ValidSubtrees(int size) =>
        from end in Enumerable.Range(0, size + 1)
        from start in Enumerable.Range(0, end + 1)
        where start == 0 || start == end || start % BitOperations.RoundUpToPowerOf2((uint)(end - start)) == 0
        select (start, end);

    private static MerkleTree Subtree(int start, int end) =>
        NaiveMerkle.Tree(Enumerable.Range(start, end - start).Select(value => new[] { (byte)value }));

    private static string Hex(Digest digest) => Convert.ToHexStringLower(digest.Bytes);

    private static string Sum(StringBuilder lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(lines.ToString())));
}
