using System.Globalization;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Finds the figures of an assertion among the words of its proposition.</summary>
internal static class Highlight
{
    /// <summary>Splits the text into runs. Joined, the runs are the whole text.</summary>
    internal static IReadOnlyList<(string Text, bool IsFigure)> Of(string text, IReadOnlyList<Figure> figures)
    {
        List<string> numbers = [.. figures.SelectMany(f => new[] { f.Value.ToString("#,0.##########", CultureInfo.InvariantCulture), f.Value.ToString(CultureInfo.InvariantCulture) })
            .Distinct(StringComparer.Ordinal).OrderByDescending(n => n.Length)];
        var runs = new List<(string, bool)>();
        var plainFrom = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (numbers.Find(n => StandsAt(text, i, n)) is { } number)
            {
                Add(text[plainFrom..i], isFigure: false);
                Add(number, isFigure: true);
                plainFrom = i + number.Length;
                i = plainFrom - 1;
            }
        }

        Add(text[plainFrom..], isFigure: false);
        return runs;

        void Add(string run, bool isFigure)
        {
            if (run.Length > 0)
            {
                runs.Add((run, isFigure));
            }
        }
    }

    /// <summary>Whether a number is at a place in the text and is not part of a longer number: 12 must not match in 1,237 or 112.</summary>
    private static bool StandsAt(string text, int at, string number) =>
        string.CompareOrdinal(text, at, number, 0, number.Length) == 0
        && !(at > 0 && (char.IsAsciiDigit(text[at - 1]) || (text[at - 1] is ',' or '.' && at > 1 && char.IsAsciiDigit(text[at - 2]))))
        && !(at + number.Length < text.Length && (char.IsAsciiDigit(text[at + number.Length])
            || (text[at + number.Length] is ',' or '.' && at + number.Length + 1 < text.Length && char.IsAsciiDigit(text[at + number.Length + 1]))));
}
