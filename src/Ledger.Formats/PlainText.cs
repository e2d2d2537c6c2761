using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;

namespace Ledger.Formats;

/// <summary>Converts fields that may contain markup to text as a reader sees it.</summary>
internal static partial class PlainText
{
    /// <summary>How often entities are decoded. An export of an export may have entities inside entities.</summary>
    private const int EntityDepthMax = 2;

    /// <summary>
    /// The greatest length of markup, in UTF-16 units. Longer markup is left unchanged: no text of the ledger is that long, and its tree takes much
    /// memory.
    /// </summary>
    private const int MarkupLengthMax = 4 << 20;

    /// <summary>
    /// The text with entities decoded (twice, where they were encoded twice), and without tags and repeated blanks. Null where nothing is left.
    /// </summary>
    internal static string? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var plain = text;
        for (var i = 0; i < EntityDepthMax && plain.Contains('&', StringComparison.Ordinal); i++)
        {
            plain = WebUtility.HtmlDecode(plain);
        }

        plain = plain.Length <= MarkupLengthMax && Tag().IsMatch(plain) && !HtmlDepth.IsBeyond(System.Text.Encoding.UTF8.GetBytes(plain)) ? new HtmlParser().ParseDocument($"<body>{Block().Replace(plain, " ")}").Body!.TextContent : plain;
        plain = Blanks().Replace(plain, " ").Trim();
        return plain.Length == 0 ? null : plain;
    }

    /// <summary>Matches tags. <c>&lt;b&gt;</c>, <c>&lt;/p&gt;</c> and <c>&lt;a href=…&gt;</c> are tags; "a &lt; b" is text.</summary>
    [GeneratedRegex("</?[A-Za-z][A-Za-z0-9]*(?:\\s[^<>]*)?/?>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex("</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote)(?:\\s[^<>]*)?/?>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Block();

    [GeneratedRegex(@"[\s\u00A0]+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
