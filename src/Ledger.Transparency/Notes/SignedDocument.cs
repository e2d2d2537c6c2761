using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// A JSON document that a log's key signs. The signed note has three lines: the format's name, the log's origin and the SHA-256 of the document's
/// canonical JSON. A checkpoint begins with the log's origin and this note with the format's name, so neither can be mistaken for the other.
/// </summary>
public static class SignedDocument
{
    /// <summary>Signs a JSON text; <paramref name="problem"/> tells why it has no canonical form.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no signer.</exception>
    public static bool TrySign(
        string format, ReadOnlyMemory<byte> json, IReadOnlyList<INoteSigner> signers, [NotNullWhen(true)] out SignedNote? signature, [NotNullWhen(false)] out string? problem)
    {
        signature = null;
        if (!TryText(format, signers[0].VerifierKey.Name, json, out var text, out problem))
        {
            return false;
        }

        signature = SignedNote.Sign(text, signers);
        return true;
    }

    /// <summary>Whether a note signs exactly this document with the key of the log. White space and the order of members do not matter.</summary>
    public static bool IsSigned(string format, ReadOnlyMemory<byte> json, SignedNote signature, VerifierKey key, [NotNullWhen(false)] out string? problem)
    {
        if (!TryText(format, key.Name, json, out var text, out problem))
        {
            return false;
        }

        if (text != signature.Text)
        {
            problem = "The signature is of another document.";
            return false;
        }

        return signature.IsSignedBy([key], out problem);
    }

    private static bool TryText(string format, string origin, ReadOnlyMemory<byte> json, out string text, [NotNullWhen(false)] out string? problem)
    {
        text = CanonicalJson.TryFormat(json, NumberRule.Exact, out var canonical, out problem)
            ? $"{format}\n{origin}\n{Convert.ToBase64String(SHA256.HashData(canonical))}\n"
            : "";
        return problem is null;
    }
}
