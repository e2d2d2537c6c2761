using System.Security.Cryptography;
using Algorithm = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Ledger.Transparency;

/// <summary>An Ed25519 private key. It may be used from several threads at once. Dispose wipes the key from memory.</summary>
public sealed class Ed25519PrivateKey : IDisposable
{
    private readonly byte[] seed;
    private readonly byte[] publicKey = new byte[Ed25519.PublicKeyLength];
    private volatile bool isDisposed;

    private Ed25519PrivateKey(byte[] seed)
    {
        this.seed = seed;
        Algorithm.GeneratePublicKey(seed, publicKey);
    }

    /// <summary>The 32 bytes of the public key.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>A new key from the random numbers of the operating system.</summary>
    public static Ed25519PrivateKey Generate() => new(RandomNumberGenerator.GetBytes(Ed25519.SeedLength));

    /// <summary>The key that belongs to a 32-byte seed (RFC 8032 §5.1.5).</summary>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public static Ed25519PrivateKey FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == Ed25519.SeedLength
            ? new(seed.ToArray())
            : throw new ArgumentException($"The seed of an Ed25519 key has {Ed25519.SeedLength} bytes, not {seed.Length}.", nameof(seed));

    /// <summary>Signs a message. The signature has 64 bytes; the same message always gets the same signature.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var signature = new byte[Ed25519.SignatureLength];
        Algorithm.Sign(seed, PublicKey, message, signature); // The overload with an array as second argument would take it as the context of Ed25519ctx.
        ObjectDisposedException.ThrowIf(isDisposed, this); // If the key was wiped meanwhile, the signature was made with other bytes.
        return signature;
    }

    /// <summary>The 32-byte seed, for storage. It is a secret.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] ExportSeed()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        byte[] exported = [.. seed];
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return exported;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        CryptographicOperations.ZeroMemory(seed);
    }
}
