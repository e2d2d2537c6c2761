using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>
/// A signer with a named Ed25519 key. The key is stored as one line of text, <c>PRIVATE+KEY+name+keyid+base64(0x01 ‖ seed)</c>, the form of
/// Go's sumdb/note, so that other tools of this family can use it. Anybody who has that line can sign, so its file must have mode 0600.
/// </summary>
public sealed class Ed25519NoteSigner : INoteSigner, IDisposable
{
    private const string Prefix = "PRIVATE+KEY+";
    private const byte Ed25519Type = 0x01;

    private readonly Ed25519PrivateKey key;

    private Ed25519NoteSigner(string name, Ed25519PrivateKey key)
    {
        this.key = key;
        VerifierKey = VerifierKey.ForEd25519(name, key.PublicKey);
    }

    /// <inheritdoc/>
    public VerifierKey VerifierKey { get; }

    /// <summary>A signer with a new random key.</summary>
    /// <exception cref="ArgumentException">The name is not valid for a key.</exception>
    public static Ed25519NoteSigner Generate(string name) => new(name, Ed25519PrivateKey.Generate());

    /// <summary>The signer whose key belongs to a 32-byte seed (RFC 8032 §5.1.5).</summary>
    /// <exception cref="ArgumentException">The name is not valid for a key, or the seed has another length.</exception>
    public static Ed25519NoteSigner FromSeed(string name, ReadOnlySpan<byte> seed) => new(name, Ed25519PrivateKey.FromSeed(seed));

    /// <summary>Reads the one-line form; <paramref name="problem"/> never contains a part of the key.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Ed25519NoteSigner? signer, [NotNullWhen(false)] out string? problem)
    {
        signer = null;
        problem = "A signing key reads PRIVATE+KEY+name+keyid+base64.";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[Prefix.Length..].Split('+', 3) is not [var name, var id, var material]
            || !NoteRules.IsKeyName(name)
            || !CanonicalBase64.TryDecode(material, out var bytes)
            || bytes is not [Ed25519Type, .. var seed]
            || seed.Length != Ed25519.SeedLength)
        {
            return false;
        }

        var parsed = FromSeed(name, seed);
        if (VerifierKey.Hex(parsed.VerifierKey.KeyId) != id)
        {
            parsed.Dispose();
            problem = "The key id does not belong to this name and key.";
            return false;
        }

        signer = parsed;
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> text) => key.Sign(text);

    /// <summary>The one-line form, which is a secret. The method is not <c>ToString</c>, whose result would appear in logs.</summary>
    public string ExportSecret() =>
        $"{Prefix}{VerifierKey.Name}+{VerifierKey.Hex(VerifierKey.KeyId)}+{Convert.ToBase64String([Ed25519Type, .. key.ExportSeed()])}";

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
