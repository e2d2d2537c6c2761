using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// A key for HMAC-SHA256 (RFC 2104). The states of the inner and outer hash after the key are computed once and reused for each message. A leaf
/// needs about twenty codes, half of them under one key. To set up a keyed state of the platform costs more than the hashing.
/// </summary>
public readonly struct HmacKey
{
    private const int BlockLength = 64;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    private readonly byte[]? _key;      // Set only where the platform computes the whole HMAC.
    private readonly Sha256Hash.State _inner;
    private readonly Sha256Hash.State _outer;

    /// <summary>Makes a key from bytes of any length.</summary>
    [SkipLocalsInit]
    public HmacKey(scoped ReadOnlySpan<byte> key)
    {
        if (!Sha256Hash.HasStates)
        {
            _key = key.ToArray();
            return;
        }

        Span<byte> hashed = stackalloc byte[Digest.Length];
        if (key.Length > BlockLength)
        {
            Sha256Hash.Compute(key, hashed);
            key = hashed;
        }

        _inner = Begin(key, InnerPad);
        _outer = Begin(key, OuterPad);
    }

    /// <summary>The authentication code of a message.</summary>
    public Digest CodeOf(ReadOnlySpan<byte> message)
    {
        Digest code = default;
        var bytes = Digest.Writable(ref code);
        if (_key is not null)
        {
            HMACSHA256.HashData(_key, message, bytes);
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

    /// <summary>The hash state after one block of key and pad. A key that is shorter than a block is padded with zeros.</summary>
    [SkipLocalsInit]
    private static Sha256Hash.State Begin(ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        key.CopyTo(block);
        for (var i = 0; i < BlockLength; i += Vector256<byte>.Count)
        {
            (Vector256.Create<byte>(block[i..]) ^ Vector256.Create(pad)).CopyTo(block[i..]);
        }

        var hash = Sha256Hash.Begin();
        hash.Add(block);
        return hash;
    }
}
