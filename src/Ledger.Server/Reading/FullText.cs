using System.Globalization;
using System.Text;

namespace Ledger.Server;

/// <summary>Folds text to words for search: lower case, no accents, letters and digits alone. Done here, so that every server answers alike, for ever.</summary>
internal static class FullText
{
    /// <summary>Words beyond this length are cut; nobody types more.</summary>
    private const int WordLengthMax = 60;

    /// <summary>The distinct words of a text, in order of the alphabet.</summary>
    internal static string[] Words(params IEnumerable<string?> texts)
    {
        var words = new SortedSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        foreach (var text in texts.OfType<string>())
        {
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

        return [.. words];
    }

    private static void End(SortedSet<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString(0, Math.Min(word.Length, WordLengthMax)));
            word.Clear();
        }
    }
}
