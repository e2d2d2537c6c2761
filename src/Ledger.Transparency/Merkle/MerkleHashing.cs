using System.Buffers;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>The three hashes of RFC 6962 §2.1 (unchanged in RFC 9162 §2.1.1), with SHA-256.</summary>
public static class MerkleHashing
{
    // Leaves up to this length are hashed on the stack. An event's leaf has about one kilobyte.
    private const int StackLeafLengthMax = 2_048;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <summary>The root of the tree without leaves: the hash of the empty message.</summary>
    public static Digest EmptyRoot { get; } = new(SHA256.HashData([]));

    /// <summary>The hash of one leaf: SHA-256(0x00 ‖ bytes).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> leaf)
    {
        var length = leaf.Length + 1;
        byte[]? rented = null;
        var prefixed = length <= StackLeafLengthMax
            ? stackalloc byte[length]
            : rented = ArrayPool<byte>.Shared.Rent(length);
        prefixed[0] = LeafPrefix;
        leaf.CopyTo(prefixed[1..]);
        Digest hash = default;
        Sha256Hash.Compute(prefixed[..length], Digest.Writable(ref hash));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(in Digest left, in Digest right)
    {
        Span<byte> prefixed = stackalloc byte[1 + (2 * Digest.Length)];
        prefixed[0] = NodePrefix;
        left.Bytes.CopyTo(prefixed[1..]);
        right.Bytes.CopyTo(prefixed[(1 + Digest.Length)..]);
        Digest hash = default;
        Sha256Hash.Compute(prefixed, Digest.Writable(ref hash));
        return hash;
    }
}
