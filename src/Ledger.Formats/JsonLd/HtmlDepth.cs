namespace Ledger.Formats;

/// <summary>Finds how deep the elements of a page nest, without building a tree. The time of a parser grows with the square of this depth.</summary>
internal static class HtmlDepth
{
    /// <summary>The greatest depth. No real page nests deeper, and such a page is still parsed quickly.</summary>
    internal const int Max = 2_000;

    /// <summary>Elements that have no end tag, or that end where the next one begins. Many of them in sequence do not nest.</summary>
    private static readonly HashSet<string> EndByThemselves = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup",
        "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "html", "head", "body",
    };

    /// <summary>Whether the elements of a page nest deeper than <see cref="Max"/>.</summary>
    internal static bool IsBeyond(ReadOnlySpan<byte> html)
    {
        Span<char> name = stackalloc char[16];
        var known = EndByThemselves.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int depth = 0, at; (at = html.IndexOf((byte)'<')) >= 0; html = html[(at + 1)..])
        {
            var tag = html[(at + 1)..];
            var isEnd = tag is [(byte)'/', ..];
            tag = isEnd ? tag[1..] : tag;
            var length = 0;
            for (; length < tag.Length && length < name.Length && char.IsAsciiLetterOrDigit((char)tag[length]); length++)
            {
                name[length] = (char)tag[length];
            }

            if (length == 0 || known.Contains(name[..length]))
            {
                continue;
            }

            depth = isEnd ? Math.Max(0, depth - 1) : depth + 1;
            if (depth > Max)
            {
                return true;
            }
        }

        return false;
    }
}
