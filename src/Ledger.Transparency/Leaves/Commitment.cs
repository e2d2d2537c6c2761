using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// A commitment hides a value and binds to it: HMAC-SHA256 under a salt of 32 pseudorandom bytes. Each field has its own salt,
/// derived from the event's salt, so that one field can be shown, or erased, without the others.
/// </summary>
internal static class Commitment
{
    // Most values fit on the stack. Longer ones use the pool.
    private const int StackLengthMax = 1_024;

    private static ReadOnlySpan<byte> Domain => "claims-ledger/commitment/v1\n"u8;

    /// <summary>
    /// HMAC-SHA256(salt, domain ‖ path ‖ newline ‖ canonical JSON). Canonical JSON has no newline, so the last newline always ends
    /// the path.
    /// </summary>
    [SkipLocalsInit]
    public static Digest Commit(in Digest salt, string path, ReadOnlySpan<byte> canonicalValue)
    {
        var lengthMax = Domain.Length + Encoding.UTF8.GetMaxByteCount(path.Length) + 1 + canonicalValue.Length;
        byte[]? rented = null;
        var message = lengthMax <= StackLengthMax
            ? stackalloc byte[lengthMax]
            : rented = ArrayPool<byte>.Shared.Rent(lengthMax);
        Domain.CopyTo(message);
        var length = Domain.Length + Encoding.UTF8.GetBytes(path, message[Domain.Length..]);
        message[length++] = (byte)'\n';
        canonicalValue.CopyTo(message[length..]);
        length += canonicalValue.Length;
        var code = new HmacKey(salt.Bytes).CodeOf(message[..length]);
        if (rented is not null)
        {
            // A value that is about to be erased must not survive in the pool.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return code;
    }

    public static Digest CommitToStream(in Digest salt, string stream)
    {
        var canonical = new ArrayBufferWriter<byte>(Encoding.UTF8.GetMaxByteCount(stream.Length));
        CanonicalString.TryWrite(stream, canonical);
        return Commit(salt, CommitmentPath.Stream, canonical.WrittenSpan);
    }
}
