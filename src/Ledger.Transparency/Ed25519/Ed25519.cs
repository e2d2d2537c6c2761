using Algorithm = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Ledger.Transparency;

/// <summary>Lengths of Ed25519 (RFC 8032 §5.1) and its verification, which Bouncy Castle computes.</summary>
public static class Ed25519
{
    /// <summary>Bytes of a private key's seed.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>
    /// Whether the signature is right. Malformed keys and signatures, which come from strangers, are just <c>false</c>; so are keys and
    /// signatures in another than their one canonical form (RFC 8032 §5.1.3, §5.1.7).
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeyLength && signature.Length == SignatureLength && Algorithm.Verify(signature, publicKey, message);
}
