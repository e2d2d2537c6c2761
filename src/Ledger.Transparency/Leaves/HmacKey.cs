using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// HMAC-SHA256 (RFC 2104) under a key of exactly 32 bytes. What the key makes of both hashes is computed once and goes before each message:
/// a leaf takes some twenty codes, half of them under one key, and setting up a keyed state of the platform costs more than the hashing.
/// </summary>
internal readonly struct HmacKey
{
    private const int BlockLength = 64;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    private readonly Digest _key;
    private readonly Sha256Hash.State _inner;
    private readonly Sha256Hash.State _outer;

    [SkipLocalsInit]
    public HmacKey(in Digest key)
    {
        _key = key;
        if (Sha256Hash.HasStates)
        {
            Span<byte> block = stackalloc byte[BlockLength];
            Pad(key, InnerPad, block);
            _inner = Sha256Hash.Begin();
            _inner.Add(block);
            Pad(key, OuterPad, block);
            _outer = Sha256Hash.Begin();
            _outer.Add(block);
        }
    }

    public Digest CodeOf(ReadOnlySpan<byte> message)
    {
        Digest code = default;
        var bytes = Digest.Writable(ref code);
        if (!Sha256Hash.HasStates || message.Length > Sha256Hash.LengthMax)
        {
            HMACSHA256.HashData(_key.Bytes, message, bytes);
            return code;
        }

        var hash = _inner;
        hash.Add(message);
        hash.Finish(bytes);
        hash = _outer;
        hash.Add(bytes);
        hash.Finish(bytes);
        return code;
    }

    /// <summary>The key is shorter than a block, so it stands as it is, with zeros behind it.</summary>
    private static void Pad(in Digest key, byte pad, Span<byte> block)
    {
        (Vector256.Create(key.Bytes) ^ Vector256.Create(pad)).CopyTo(block);
        block[Digest.Length..].Fill(pad);
    }
}
