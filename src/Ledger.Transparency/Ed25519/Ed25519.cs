namespace Ledger.Transparency;

/// <summary>Lengths of Ed25519 (RFC 8032 §5.1) and its verification.</summary>
public static class Ed25519
{
    /// <summary>Bytes of a private key's seed.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>Whether the signature is right. Malformed keys and signatures, which come from strangers, are just <c>false</c>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyLength || signature.Length != SignatureLength)
        {
            return false;
        }

        using var key = Libcrypto.EVP_PKEY_new_raw_public_key(Libcrypto.Ed25519KeyType, 0, publicKey, PublicKeyLength);
        using var context = Libcrypto.EVP_MD_CTX_new();
        if (key.IsInvalid || context.IsInvalid || Libcrypto.EVP_DigestVerifyInit(context, 0, 0, 0, key) != 1)
        {
            throw Libcrypto.Failure("take in an Ed25519 public key");
        }

        var right = Libcrypto.EVP_DigestVerify(context, signature, SignatureLength, message, (nuint)message.Length) == 1;
        Libcrypto.ERR_clear_error();
        return right;
    }
}
