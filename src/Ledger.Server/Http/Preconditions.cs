using System.Globalization;
using System.Text;

namespace Ledger.Server;

/// <summary>The conditions that a write may carry: Idempotency-Key and If-Match.</summary>
internal static class Preconditions
{
    private const int KeyLengthMax = 255;

    private const string ViewMark = ".";

    /// <summary>The key of the command: a structured-field string, or a bare token.</summary>
    internal static string? IdempotencyKey(HttpRequest request)
    {
        if (request.Headers["Idempotency-Key"] is not [var header, ..] values)
        {
            return null;
        }

        var text = header?.Trim() ?? "";
        var key = text is ['"', ..] ? Unquote(text) : text.AsSpan().ContainsAny("\",; ") ? null : text;
        return RequireKey(values.Count == 1 ? key : null);
    }

    /// <summary>Returns a valid key, or ends with 400.</summary>
    internal static string RequireKey(string? key) =>
        key is { Length: > 0 and <= KeyLengthMax } && key.All(c => c is >= ' ' and <= '~')
            ? key
            : throw new ProblemException(Problem.BadRequest("invalid-idempotency-key",
                $"Idempotency-Key is one string of 1 to {KeyLengthMax} printable ASCII characters, such as \"8e03978e-40d5\".", "Idempotency-Key"));

    /// <summary>The version that the client has seen; null where it sets no condition.</summary>
    internal static long? IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString().Trim();
        var tag = EntityTags.Plain(header);
        return header is "" or "*"
            ? null
            : long.TryParse(tag.IndexOf(ViewMark, StringComparison.Ordinal) is var end and >= 0 ? tag[..end] : tag, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw new ProblemException(Problem.BadRequest("invalid-if-match", "If-Match is the ETag of the assertion as it was read, such as \"3\".", "If-Match"));
    }

    /// <summary>
    /// Parses a string of structured fields (RFC 9651, section 4.2.5), in which a backslash may stand only before a quote or a backslash. Null where
    /// the text is not such a string.
    /// </summary>
    private static string? Unquote(string text)
    {
        var key = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i == text.Length - 1 ? key.ToString() : null;
                case '\\' when i + 1 < text.Length && text[i + 1] is '"' or '\\':
                    key.Append(text[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    key.Append(text[i]);
                    break;
            }
        }

        return null;
    }

    /// <summary>
    /// The tag of a stream at a version. A hash of the view is added if the version alone does not determine its bytes. If-Match looks only at the
    /// version.
    /// </summary>
    internal static string ETag(long version, byte[]? view = null) =>
        $"\"{version.ToString(CultureInfo.InvariantCulture)}{(view is null ? "" : ViewMark + WholeAnswer.HashOf(view))}\"";
}
