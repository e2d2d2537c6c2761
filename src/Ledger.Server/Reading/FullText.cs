using System.Globalization;
using System.Text;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Splits text into words for search: lower case, without accents, only letters and digits. It is done in this code, so that every server gives the same
/// answer, for ever.
/// </summary>
internal static class FullText
{
    /// <summary>Longer words are cut to this length. Nobody types more.</summary>
    private const int WordLengthMax = 60;

    /// <summary>The distinct words of some texts, in ordinal order.</summary>
    internal static string[] Words(params IEnumerable<string?> texts)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in texts.OfType<string>())
        {
            if (Ascii.IsValid(text))
            {
                AddAscii(words, text);
            }
            else
            {
                Add(words, text);
            }
        }

        string[] sorted = [.. words];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static void Add(HashSet<string> words, string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark))
            {
                End(words, word);
            }
        }

        End(words, word);
    }

    /// <summary>The same for text that is only ASCII, five times as fast. A rebuild splits millions of texts.</summary>
    private static void AddAscii(HashSet<string> words, ReadOnlySpan<char> text)
    {
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[WordLengthMax];
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
            {
                continue;
            }

            var word = text[start..Math.Min(i, start + WordLengthMax)];
            start = i + 1;
            if (word.Length > 0)
            {
                var folded = lower[..word.ToLowerInvariant(lower)];
                if (!known.Contains(folded))
                {
                    words.Add(SharedText.Of(folded));
                }
            }
        }
    }

    private static void End(HashSet<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(SharedText.Of(word.ToString(0, Math.Min(word.Length, WordLengthMax)).AsSpan()));
            word.Clear();
        }
    }
}
