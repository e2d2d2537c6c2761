using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// A public key with its name, in the form with which clients are configured: <c>name+keyid+base64(0x01 ‖ key)</c>, a "vkey" of C2SP
/// signed-note. Ed25519 is the only supported algorithm.
/// </summary>
public sealed record VerifierKey
{
    // The type is assigned in C2SP signed-note. The types 0x04 and 0x06 are cosignatures of witnesses, which this ledger does not read.
    private const byte Ed25519Type = 0x01;

    private readonly byte[] publicKey;

    private VerifierKey(string name, ReadOnlySpan<byte> publicKey)
    {
        Name = name;
        this.publicKey = publicKey.ToArray();
        KeyId = IdOf(name, publicKey);
    }

    /// <summary>The key's name; for a log's key, the log's origin.</summary>
    public string Name { get; }

    /// <summary>The first 32 bits, big-endian, of SHA-256(name ‖ newline ‖ 0x01 ‖ key).</summary>
    public uint KeyId { get; }

    /// <summary>The 32 bytes of the Ed25519 public key (RFC 8032).</summary>
    public ReadOnlyMemory<byte> PublicKey => publicKey;

    /// <summary>Makes a verifier key from a name and an Ed25519 public key.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds a space or a plus sign, or the key does not have 32 bytes.</exception>
    public static VerifierKey ForEd25519(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!NoteRules.IsKeyName(name))
        {
            throw new ArgumentException($"\"{name}\" cannot name a key: it must have no space and no plus sign.", nameof(name));
        }

        return publicKey.Length == Ed25519.PublicKeyLength
            ? new VerifierKey(name, publicKey)
            : throw new ArgumentException($"An Ed25519 public key has {Ed25519.PublicKeyLength} bytes.", nameof(publicKey));
    }

    /// <summary>Reads a vkey; <paramref name="problem"/> tells what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VerifierKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        // Only the first two plus signs are separators, because base64 may contain more.
        if (text.Split('+', 3) is not [var name, var id, var material] || !NoteRules.IsKeyName(name))
        {
            problem = "A verifier key reads name+keyid+base64, and its name has no space.";
        }
        else if (!CanonicalBase64.TryDecode(material, out var bytes) || bytes.Length == 0)
        {
            problem = "The last part of the verifier key is not base64.";
        }
        else if (bytes[0] != Ed25519Type || bytes.Length != 1 + Ed25519.PublicKeyLength)
        {
            problem = $"The verifier key has type 0x{bytes[0]:x2} and {bytes.Length - 1} bytes; "
                + "only Ed25519 (type 0x01, 32 bytes) is supported.";
        }
        else if (new VerifierKey(name, bytes.AsSpan(1)) is var parsed && Hex(parsed.KeyId) != id)
        {
            problem = "The key id does not belong to this name and key.";
        }
        else
        {
            key = parsed;
            problem = null;
        }

        return key is not null;
    }

    /// <summary>Whether this key made the signature over the text. Any malformed signature gives <c>false</c>.</summary>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Ed25519.Verify(publicKey, text, signature);

    /// <summary>The vkey.</summary>
    public override string ToString() => $"{Name}+{Hex(KeyId)}+{Convert.ToBase64String([Ed25519Type, .. publicKey])}";

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) =>
        other is not null && Name == other.Name && publicKey.AsSpan().SequenceEqual(other.publicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    internal static string Hex(uint keyId) => keyId.ToString("x8", CultureInfo.InvariantCulture);

    private static uint IdOf(string name, ReadOnlySpan<byte> publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. NoteRules.Utf8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey]));
}
