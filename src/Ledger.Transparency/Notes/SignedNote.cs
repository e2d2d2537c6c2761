using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// A text and its signatures in the form of C2SP signed-note: the text, which ends in a newline, an empty line, and one line
/// <c>— name base64(key id ‖ signature)</c> for each signature. A parsed note formats to the same bytes.
/// </summary>
public sealed class SignedNote
{
    /// <summary>
    /// The greatest number of signatures. The specification requires at least 16. More than this is refused, so that the cost of a note is bounded.
    /// </summary>
    public const int SignatureCountMax = 64;

    /// <summary>The greatest length in bytes. There is room for 64 post-quantum signatures of 5 kB in base64.</summary>
    public const int LengthMax = 1_000_000;

    private const int KeyIdLength = 4;
    private const string SignatureMark = "— ";

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>The signed text, with its last newline.</summary>
    public string Text { get; }

    /// <summary>The signatures in their order, not yet verified.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Signs a text with one key or more (two while a key is being replaced).</summary>
    /// <exception cref="ArgumentException">The text does not end in a newline, or holds a control character.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no signer.</exception>
    public static SignedNote Sign(string text, params IReadOnlyList<INoteSigner> signers)
    {
        var bytes = NoteRules.Utf8.GetBytes(text);
        if (bytes is not [.., (byte)'\n'] || !NoteRules.HasOnlyAllowedCharacters(bytes))
        {
            throw new ArgumentException("The text of a note ends in a newline and holds no other control character.", nameof(text));
        }

        ArgumentOutOfRangeException.ThrowIfZero(signers.Count);
        return new SignedNote(text, [.. signers.Select(signer =>
            new NoteSignature(signer.VerifierKey.Name, signer.VerifierKey.KeyId, signer.Sign(bytes)))]);
    }

    /// <summary>Parses a note without verifying any signature; <paramref name="problem"/> tells why it is not one.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? problem)
    {
        note = null;
        problem = null;
        // The last empty line is the separator, because the text may hold other empty lines.
        var separator = bytes.LastIndexOf("\n\n"u8);
        if (bytes.Length > LengthMax)
        {
            problem = $"The note is longer than {LengthMax} bytes.";
        }
        else if (!System.Text.Unicode.Utf8.IsValid(bytes) || !NoteRules.HasOnlyAllowedCharacters(bytes))
        {
            problem = "A note is UTF-8 without control characters.";
        }
        else if (separator < 0 || bytes[^1] != (byte)'\n' || separator + 2 == bytes.Length)
        {
            problem = "A note is a text, an empty line and signature lines, each ended by a newline.";
        }
        else if (!TryParseSignatures(Encoding.UTF8.GetString(bytes[(separator + 2)..^1]), out var signatures, out problem))
        {
            return false;
        }
        else
        {
            note = new SignedNote(Encoding.UTF8.GetString(bytes[..(separator + 1)]), signatures);
        }

        return note is not null;
    }

    /// <summary>
    /// Whether the note is signed by one of <paramref name="keys"/>. Signatures of other keys are ignored. A wrong signature
    /// of a known key makes the whole note invalid.
    /// </summary>
    public bool IsSignedBy(IReadOnlyCollection<VerifierKey> keys, [NotNullWhen(false)] out string? problem)
    {
        var text = NoteRules.Utf8.GetBytes(Text);
        var verified = 0;
        problem = null;
        foreach (var signature in Signatures)
        {
            var known = keys.FirstOrDefault(key => key.Name == signature.KeyName && key.KeyId == signature.KeyId);
            if (known is null)
            {
                continue;
            }

            if (!known.Verify(text, signature.Signature.Span))
            {
                problem = $"The signature of {known.Name}+{VerifierKey.Hex(known.KeyId)} is wrong.";
                return false;
            }

            verified++;
        }

        problem = verified > 0 ? null : "No signature is by a known key.";
        return verified > 0;
    }

    /// <summary>The note as it is served and stored.</summary>
    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            var bytes = new byte[KeyIdLength + signature.Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyId);
            signature.Signature.Span.CopyTo(bytes.AsSpan(KeyIdLength));
            note.Append(SignatureMark).Append(signature.KeyName).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }

        return note.ToString();
    }

    private static bool TryParseSignatures(
        string lines, [NotNullWhen(true)] out IReadOnlyList<NoteSignature>? signatures, [NotNullWhen(false)] out string? problem)
    {
        var parsed = new List<NoteSignature>();
        signatures = parsed;
        problem = null;
        foreach (var line in lines.Split('\n'))
        {
            if (parsed.Count == SignatureCountMax)
            {
                problem = $"The note has more than {SignatureCountMax} signatures.";
                return false;
            }

            if (!line.StartsWith(SignatureMark, StringComparison.Ordinal)
                || line[SignatureMark.Length..].Split(' ') is not [var name, var base64]
                || !NoteRules.IsKeyName(name)
                || !CanonicalBase64.TryDecode(base64, out var bytes)
                || bytes.Length <= KeyIdLength)
            {
                problem = "A signature line of a note reads \"— name base64\".";
                return false;
            }

            parsed.Add(new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdLength)));
        }

        return true;
    }
}
