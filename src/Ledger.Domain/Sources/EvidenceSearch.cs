using System.Globalization;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Evidence that is pinned to an earlier version of a source and is to be looked for in a later one.</summary>
/// <param name="Assertion">The assertion that it supports.</param>
/// <param name="Evidence">The id of the event that attached it.</param>
/// <param name="Version">The number of the version to which it is pinned.</param>
/// <param name="Selector">The place in the text of that version.</param>
public sealed record PinnedEvidence(string Assertion, Guid Evidence, int Version, Selector Selector);

/// <summary>Whether evidence was found again in a later version. The outcome is stored with the capture of that version.</summary>
/// <param name="Assertion">The assertion that it supports.</param>
/// <param name="Evidence">The id of the event that attached it.</param>
/// <param name="Found">Whether it was found; otherwise the evidence is orphaned.</param>
/// <param name="Typographic">Whether it was found with other typography only: the same words, with other marks or spaces.</param>
public sealed record EvidenceOutcome(string Assertion, Guid Evidence, bool Found,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Typographic = false);

/// <summary>
/// Looks for evidence in a text. The search is exact: words that merely resemble the evidence never match. Only differences of typography are
/// ignored, because to report evidence as orphaned is an accusation.
/// </summary>
public static class EvidenceSearch
{
    /// <summary>The outcome for each piece of evidence.</summary>
    /// <param name="text">The text of the version that is captured.</param>
    /// <param name="pinned">The evidence to look for.</param>
    /// <param name="captured">Gives an earlier version by its number. It is needed for evidence that is pinned by position.</param>
    public static IReadOnlyList<EvidenceOutcome> Search(string text, IEnumerable<PinnedEvidence> pinned, Func<int, VersionCaptured?> captured)
    {
        var paragraphs = new Lazy<IReadOnlyList<Paragraph>>(() => TextParts.Paragraphs(text));
        var folded = new Lazy<string>(() => Loose(text));
        return [.. pinned.Select(Look)];

        EvidenceOutcome Look(PinnedEvidence p)
        {
            if (p.Selector.Type == SelectorType.TextQuote)
            {
                return Words(p, string.Create(CultureInfo.InvariantCulture, $"{p.Selector.Prefix}{p.Selector.Exact}{p.Selector.Suffix}"));
            }

            var then = captured(p.Version);
            if (then?.Text is { } kept && TextParts.Sha256(kept) == then.Sha256 && CodePoints.Slice(kept, p.Selector.Start ?? 0, p.Selector.End ?? 0) is { Length: > 0 } passage)
            {
                return Words(p, passage);
            }

            return Outcome(p,
                HasPlace(paragraphs.Value, then?.Paragraphs ?? [], p.Selector, (a, b) => a.Sha256 == b.Sha256),
                () => HasPlace(paragraphs.Value, then?.Paragraphs ?? [], p.Selector, (a, b) => a.Says(b)));
        }

        EvidenceOutcome Words(PinnedEvidence p, string words) =>
            Outcome(p, text.Contains(words, StringComparison.Ordinal), () => folded.Value.Contains(Loose(words), StringComparison.Ordinal));
    }

    /// <summary>The text without typography, and without what a house style decides: the kind of quotation marks and the place of line breaks.</summary>
    private static string Loose(string text) => Typography.Fold(text).Replace('"', '\'').Replace('\n', ' ');

    private static EvidenceOutcome Outcome(PinnedEvidence p, bool isExact, Func<bool> isTypographic) =>
        isExact ? new(p.Assertion, p.Evidence, true) : isTypographic() ? new(p.Assertion, p.Evidence, true, true) : new(p.Assertion, p.Evidence, false);

    /// <summary>
    /// Whether a place is unchanged, for an earlier text that was not kept. Every paragraph that the place touches must say the same as the paragraph
    /// with the same number now. A place that only moved because an earlier paragraph grew has not changed.
    /// </summary>
    private static bool HasPlace(IReadOnlyList<Paragraph> now, IReadOnlyList<Paragraph> then, Selector selector, Func<Paragraph, Paragraph, bool> isSame)
    {
        var touched = Enumerable.Range(0, then.Count).Where(i => then[i].Start < selector.End && selector.Start < then[i].Start + then[i].Length).ToList();
        return touched.Count > 0 && touched.All(i => i < now.Count && isSame(then[i], now[i]));
    }
}
