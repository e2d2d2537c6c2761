using System.Buffers;
using System.Runtime.Intrinsics;

namespace Ledger.Transparency;

/// <summary>
/// HMAC-SHA256 (RFC 2104) under a key of exactly 32 bytes, as two one-shot hashes of SHA-256: a leaf takes ten codes under as many keys, and
/// setting up a keyed state of the platform for each costs more than the hashing.
/// </summary>
internal static class Hmac
{
    private const int BlockLength = 64;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    // Most messages fit; longer ones go through the pool. Only what is needed is taken from the stack: it is cleared each time.
    private const int StackLengthMax = 1_024;

    public static Digest Sha256(in Digest key, ReadOnlySpan<byte> message)
    {
        var length = BlockLength + message.Length;
        byte[]? rented = null;
        var inner = length <= StackLengthMax ? stackalloc byte[length] : rented = ArrayPool<byte>.Shared.Rent(length);
        Pad(key, InnerPad, inner);
        message.CopyTo(inner[BlockLength..]);
        Span<byte> outer = stackalloc byte[BlockLength + Digest.Length];
        Pad(key, OuterPad, outer);
        Sha256Hash.Compute(inner[..length], outer[BlockLength..]);
        Digest code = default;
        Sha256Hash.Compute(outer, Digest.Writable(ref code));
        if (rented is not null)
        {
            // A value that is about to be erased must not survive in the pool.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return code;
    }

    /// <summary>The key is shorter than a block, so it stands as it is, with zeros behind it.</summary>
    private static void Pad(in Digest key, byte pad, Span<byte> block)
    {
        (Vector256.Create(key.Bytes) ^ Vector256.Create(pad)).CopyTo(block);
        block[Digest.Length..BlockLength].Fill(pad);
    }
}
