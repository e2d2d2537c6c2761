using System.Security.Cryptography;

namespace Ledger.Transparency.Tests;

/// <summary>The definitions of RFC 6962 §2.1 and RFC 9162 §2.1.3 and §2.1.4 as they are written there: recursive and slow.</summary>
internal static class NaiveMerkle
{
    public static byte[] Root(byte[][] leaves) => leaves.Length switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0, .. leaves[0]]),
        var n => Split(n) is var k ? SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]) : [],
    };

    public static IEnumerable<byte[]> Inclusion(int index, byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = Split(leaves.Length);
        return index < k
            ? Inclusion(index, leaves[..k]).Append(Root(leaves[k..]))
            : Inclusion(index - k, leaves[k..]).Append(Root(leaves[..k]));
    }

    public static IEnumerable<byte[]> Consistency(int oldSize, byte[][] leaves) => SubProof(oldSize, leaves, complete: true);

    public static Digest[] Digests(IEnumerable<byte[]> hashes) => [.. hashes.Select(hash => new Digest(hash))];

    public static MerkleTree Tree(IEnumerable<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
        {
            tree.Append(MerkleHashing.Leaf(leaf));
        }

        return tree;
    }

    private static IEnumerable<byte[]> SubProof(int oldSize, byte[][] leaves, bool complete)
    {
        if (oldSize == leaves.Length)
        {
            return complete ? [] : [Root(leaves)];
        }

        var k = Split(leaves.Length);
        return oldSize <= k
            ? SubProof(oldSize, leaves[..k], complete).Append(Root(leaves[k..]))
            : SubProof(oldSize - k, leaves[k..], complete: false).Append(Root(leaves[..k]));
    }

    private static int Split(int count)
    {
        var split = 1;
        while (split * 2 < count)
        {
            split *= 2;
        }

        return split;
    }
}
