using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>An Ed25519 private key, held by libcrypto. Safe to use from several threads; dispose it to wipe it.</summary>
public sealed class Ed25519PrivateKey : IDisposable
{
    private readonly EvpKeyHandle handle;
    private readonly byte[] publicKey = new byte[Ed25519.PublicKeyLength];

    private Ed25519PrivateKey(EvpKeyHandle handle)
    {
        this.handle = handle;
        nuint length = Ed25519.PublicKeyLength;
        if (Libcrypto.EVP_PKEY_get_raw_public_key(handle, publicKey, ref length) != 1)
        {
            throw Libcrypto.Failure("derive an Ed25519 public key");
        }
    }

    /// <summary>The 32 bytes of the public key.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>A new key from the system's random numbers.</summary>
    public static Ed25519PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The key that belongs to a 32-byte seed (RFC 8032 §5.1.5).</summary>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public static Ed25519PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedLength)
        {
            throw new ArgumentException($"The seed of an Ed25519 key has {Ed25519.SeedLength} bytes, not {seed.Length}.", nameof(seed));
        }

        var handle = Libcrypto.EVP_PKEY_new_raw_private_key(Libcrypto.Ed25519KeyType, 0, seed, Ed25519.SeedLength);
        return handle.IsInvalid ? throw Libcrypto.Failure("make an Ed25519 key") : new Ed25519PrivateKey(handle);
    }

    /// <summary>The 64-byte signature; the same message always gets the same one.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        using var context = Libcrypto.EVP_MD_CTX_new();
        var signature = new byte[Ed25519.SignatureLength];
        nuint length = Ed25519.SignatureLength;
        if (context.IsInvalid
            || Libcrypto.EVP_DigestSignInit(context, 0, 0, 0, handle) != 1
            || Libcrypto.EVP_DigestSign(context, signature, ref length, message, (nuint)message.Length) != 1)
        {
            throw Libcrypto.Failure("sign with an Ed25519 key");
        }

        return signature;
    }

    /// <summary>The seed, a secret, to be kept.</summary>
    public byte[] ExportSeed()
    {
        var seed = new byte[Ed25519.SeedLength];
        nuint length = Ed25519.SeedLength;
        return Libcrypto.EVP_PKEY_get_raw_private_key(handle, seed, ref length) == 1
            ? seed
            : throw Libcrypto.Failure("export an Ed25519 key");
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
