using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;

namespace Ledger.Formats;

/// <summary>Texts as a reader sees them, out of fields that may hold markup.</summary>
internal static partial class PlainText
{
    /// <summary>Entities inside of entities, as exports of exports have them.</summary>
    private const int EntityDepthMax = 2;

    /// <summary>Markup beyond this is left as it is: no text of the ledger is that long, and the tree of it takes much memory.</summary>
    private const int MarkupLengthMax = 4 << 20;

    /// <summary>A text whose entities are decoded (twice, where they were encoded twice), tags and runs of blanks taken out. Null where nothing is left.</summary>
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

    /// <summary>"a &lt; b" is text; <c>&lt;b&gt;</c>, <c>&lt;/p&gt;</c> and <c>&lt;a href=…&gt;</c> are not.</summary>
    [GeneratedRegex("</?[A-Za-z][A-Za-z0-9]*(?:\\s[^<>]*)?/?>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex("</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote)(?:\\s[^<>]*)?/?>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Block();

    [GeneratedRegex(@"[\s\u00A0]+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
