using System.Security.Cryptography;
using System.Text;

namespace Ledger.Domain;

/// <summary>A paragraph of a captured text: its start, its length and its hash. This is enough to see later whether it changed.</summary>
/// <param name="Start">The number of code points before it.</param>
/// <param name="Length">Its length in code points.</param>
/// <param name="Sha256">SHA-256 of its text in UTF-8, as lower-case hex.</param>
/// <param name="FoldedSha256">
/// The same hash of the paragraph with its typography folded; null where folding changes nothing. Captures by earlier versions of the program have no
/// such hash.
/// </param>
public sealed record Paragraph(int Start, int Length, string Sha256, string? FoldedSha256 = null)
{
    /// <summary>Whether the two paragraphs differ in typography at most.</summary>
    public bool Says(Paragraph other) => Sha256 == other.Sha256 || (FoldedSha256 ?? Sha256) == (other.FoldedSha256 ?? other.Sha256);
}

/// <summary>Splits a text into paragraphs and hashes it. Places and lengths are in code points.</summary>
public static class TextParts
{
    /// <summary>SHA-256 of the text in UTF-8, as lower-case hex.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The non-blank lines of a text, each with its place, length and hash. White space around a line is not part of it.</summary>
    public static IReadOnlyList<Paragraph> Paragraphs(string text)
    {
        var found = new List<Paragraph>();
        var start = 0;
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.Trim();
            if (trimmed.Length > 0)
            {
                var indent = line.IndexOf(trimmed, StringComparison.Ordinal);
                var folded = Typography.Fold(trimmed);
                found.Add(new(start + CodePoints.Count(line[..indent]), CodePoints.Count(trimmed), Sha256(trimmed), folded == trimmed ? null : Sha256(folded)));
            }

            start += CodePoints.Count(line) + 1;
        }

        return found;
    }
}
