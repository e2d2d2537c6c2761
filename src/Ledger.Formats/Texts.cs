using System.Text;

namespace Ledger.Formats;

/// <summary>Texts of archives, made fit for the ledger's limits; what was done is said where it changes the text.</summary>
internal static class Texts
{
    private const string Ellipsis = "…";

    /// <summary>The text without what no text format carries: control characters other than tab and line ends, lone surrogates, U+FFFE and U+FFFF.</summary>
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

    /// <summary>On one line, without blanks around it.</summary>
    internal static string OnOneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Cut to a number of UTF-16 units, with an ellipsis where something was cut; never in the middle of a character.</summary>
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
