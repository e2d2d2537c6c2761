using Algorithm = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Ledger.Transparency;

/// <summary>The lengths of Ed25519 (RFC 8032 §5.1), and its verification, which uses Bouncy Castle.</summary>
public static class Ed25519
{
    /// <summary>Bytes of a private key's seed.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>
    /// Whether the signature is valid. Malformed keys and signatures give <c>false</c>, because they may come from anybody. So do keys and
    /// signatures that are not in their canonical form (RFC 8032 §5.1.3, §5.1.7).
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeyLength && signature.Length == SignatureLength && Algorithm.Verify(signature, publicKey, message);
}
