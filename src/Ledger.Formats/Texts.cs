using System.Text;

namespace Ledger.Formats;

/// <summary>Makes texts of archives fit the ledger's limits.</summary>
internal static class Texts
{
    private const string Ellipsis = "…";

    /// <summary>The text without control characters (except for tab and line ends), U+FFFE and U+FFFF. A lone surrogate becomes U+FFFD.</summary>
    internal static string Printable(string text)
    {
        if (!text.Any(c => IsUnfit(c) || char.IsSurrogate(c)))
        {
            return text;
        }

        var fit = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp || !IsUnfit((char)rune.Value))
            {
                fit.Append(rune);
            }
        }

        return fit.ToString();
    }

    /// <summary>The text on one line, trimmed.</summary>
    internal static string OnOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The text cut to a number of UTF-16 units, with an ellipsis where something was cut. It never cuts within a character.</summary>
    internal static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var end = max - Ellipsis.Length;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + Ellipsis;
    }

    private static bool IsUnfit(char c) => c is (< ' ' and not ('\t' or '\n' or '\r')) or '\uFFFE' or '\uFFFF';
}
