namespace Ledger.Formats;

/// <summary>How deep the elements of a page nest, found without a tree: parsers take time that grows with the square of it.</summary>
internal static class HtmlDepth
{
    /// <summary>Deeper than any page is, and quick to parse all the same.</summary>
    internal const int Max = 2_000;

    /// <summary>Elements that have no end, or end by themselves where the next one begins: many in a row nest in nothing.</summary>
    private static readonly HashSet<string> EndByThemselves = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup",
        "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "html", "head", "body",
    };

    /// <summary>Whether more elements are open at once than a page may nest.</summary>
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
