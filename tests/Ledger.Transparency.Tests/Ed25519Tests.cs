using System.Globalization;
using System.Security.Cryptography;

namespace Ledger.Transparency.Tests;

public sealed class Ed25519Tests
{
    // RFC 8032 §7.1: tests 1, 2, 3 and SHA(abc); seed, public key, message, signature.
    public static TheoryData<string, string, string, string> Rfc8032 => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            Convert.ToHexStringLower(SHA512.HashData("abc"u8)),
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void The_published_keys_give_the_published_signatures(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519PrivateKey.FromSeed(Convert.FromHexString(seed));
        Convert.ToHexStringLower(key.PublicKey).ShouldBe(publicKey);
        Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))).ShouldBe(signature);
        Convert.ToHexStringLower(key.ExportSeed()).ShouldBe(seed);
        Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), Convert.FromHexString(signature)).ShouldBeTrue();
    }

    [Fact]
    public void Every_byte_of_message_signature_and_key_matters()
    {
        using var key = Ed25519PrivateKey.Generate();
        var message = "what was claimed"u8.ToArray();
        var signature = key.Sign(message);
        var publicKey = key.PublicKey.ToArray();
        Ed25519.Verify(publicKey, message, signature).ShouldBeTrue();
        foreach (var bytes in new[] { message, signature, publicKey })
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 1;
                Ed25519.Verify(publicKey, message, signature).ShouldBeFalse();
                bytes[i] ^= 1;
            }
        }

        Ed25519.Verify(publicKey, message, signature).ShouldBeTrue();
        Ed25519.Verify(publicKey, message, signature.AsSpan(1)).ShouldBeFalse();
        Ed25519.Verify(publicKey.AsSpan(1), message, signature).ShouldBeFalse();
    }

    [Fact]
    public void Two_generated_keys_differ()
    {
        using var first = Ed25519PrivateKey.Generate();
        using var second = Ed25519PrivateKey.Generate();
        first.ExportSeed().ShouldNotBe(second.ExportSeed());
    }

    [Fact]
    public void A_seed_of_another_length_is_a_mistake_of_the_caller() =>
        Should.Throw<ArgumentException>(() => Ed25519PrivateKey.FromSeed(new byte[31]));

    [Fact]
    public void A_disposed_key_signs_no_more()
    {
        var key = Ed25519PrivateKey.Generate();
        key.Dispose();
        Should.Throw<ObjectDisposedException>(() => key.Sign([1]));
        Should.Throw<ObjectDisposedException>(() => key.ExportSeed());
    }

    /// <summary>RFC 8032 §5.1.7: the scalar is below the order of the group, and a point has one encoding. Otherwise a signature could be changed and stay valid.</summary>
    [Fact]
    public void A_signature_or_key_in_another_than_its_canonical_form_is_wrong()
    {
        var message = Convert.FromHexString("72");
        var publicKey = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        var signature = Convert.FromHexString("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        var order = System.Numerics.BigInteger.Pow(2, 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
        var scalar = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        Ed25519.Verify(publicKey, message, [.. signature[..32], .. scalar.ToByteArray(isUnsigned: true)]).ShouldBeFalse();

        // The neutral element, as y = 1 and as y = p + 1: under such a key one signature would be valid for every message.
        byte[] neutral = [1, .. new byte[31]];
        byte[] neutralAgain = [0xEE, .. Enumerable.Repeat((byte)0xFF, 30), 0x7F];
        foreach (var key in new[] { neutral, neutralAgain })
        {
            Ed25519.Verify(key, message, [.. neutral, .. new byte[32]]).ShouldBeFalse();
        }
    }

    [Fact]
    public void One_key_signs_for_many_threads()
    {
        using var key = Ed25519PrivateKey.Generate();
        var publicKey = key.PublicKey.ToArray();
        Parallel.For(0, 200, number =>
        {
            var message = BitConverter.GetBytes(number);
            Ed25519.Verify(publicKey, message, key.Sign(message)).ShouldBeTrue();
        });
    }
}
