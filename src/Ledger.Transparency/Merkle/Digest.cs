using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>
/// A value of 32 bytes: a SHA-256 hash of the tree, an HMAC-SHA256 commitment, or a salt.
/// It is a struct, because a million of them in an array must not be a million objects.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Digest
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    // Four words hold the bytes in memory order. Nothing reads them as numbers.
    private readonly ulong word0;
    private readonly ulong word1;
    private readonly ulong word2;
    private readonly ulong word3;

    /// <summary>Copies exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A digest has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<Digest>(bytes);
    }

    /// <summary>The bytes themselves. The span is valid as long as the variable from which it was taken.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Digest>(in this));

    /// <summary>Reads the canonical base64 form of a digest (RFC 4648 §4, padded, spare bits zero).</summary>
    public static bool TryParse(ReadOnlySpan<char> base64, out Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var read = CanonicalBase64.TryDecode(base64, bytes, out var written) && written == Length;
        digest = read ? new Digest(bytes) : default;
        return read;
    }

    /// <summary>The base64 form (RFC 4648 §4), 44 characters.</summary>
    public override string ToString() => Convert.ToBase64String(Bytes);

    /// <inheritdoc/>
    public bool Equals(Digest other) =>
        word0 == other.word0 && word1 == other.word1 && word2 == other.word2 && word3 == other.word3;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(word0, word1, word2, word3);

    internal static Span<byte> Writable(ref Digest digest) => MemoryMarshal.AsBytes(new Span<Digest>(ref digest));
}
