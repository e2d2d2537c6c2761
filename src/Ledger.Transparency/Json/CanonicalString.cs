using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Ledger.Transparency;

/// <summary>
/// The one form of a JSON string (RFC 8785 §3.2.2.2). Only characters that must be escaped are escaped, in the shortest way. The text is not
/// normalised.
/// </summary>
internal static class CanonicalString
{
    // One UTF-16 unit becomes at most three bytes of UTF-8.
    private const int Utf8PerCharMax = 3;

    private static readonly SearchValues<char> MustEscape =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (char)value), '"', '\\']);

    /// <summary>Appends the quoted form; <c>false</c> when the text has a lone surrogate. Then the appended bytes are unusable.</summary>
    public static bool TryWrite(ReadOnlySpan<char> text, IBufferWriter<byte> target)
    {
        target.Write("\""u8);
        for (var rest = text; ;)
        {
            var escape = rest.IndexOfAny(MustEscape);
            var plain = escape < 0 ? rest : rest[..escape];
            var status = Utf8.FromUtf16(
                plain, target.GetSpan((plain.Length * Utf8PerCharMax) + 1), out _, out var written, replaceInvalidSequences: false);
            target.Advance(written);
            if (status != OperationStatus.Done)
            {
                return false;
            }

            if (escape < 0)
            {
                break;
            }

            Encoding.ASCII.GetBytes(Escape(rest[escape]), target);
            rest = rest[(escape + 1)..];
        }

        target.Write("\""u8);
        return true;
    }

    /// <summary>Whether the text has a canonical form, which means that it has no lone surrogate.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var rest = text; ;)
        {
            var surrogate = rest.IndexOfAnyInRange('\ud800', '\udfff');
            if (surrogate < 0)
            {
                return true;
            }

            if (Rune.DecodeFromUtf16(rest[surrogate..], out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[(surrogate + length)..];
        }
    }

    private static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => $"\\u{(int)character:x4}",
    };
}
