using System.Globalization;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Evidence that is pinned to an earlier version of a source, to be looked for in a later one.</summary>
/// <param name="Assertion">The assertion that it supports.</param>
/// <param name="Evidence">The event that attached it.</param>
/// <param name="Version">The version that it is pinned to.</param>
/// <param name="Selector">The place.</param>
public sealed record PinnedEvidence(string Assertion, Guid Evidence, int Version, Selector Selector);

/// <summary>Whether evidence was found again in a later version, kept with that version's capture.</summary>
/// <param name="Assertion">The assertion that it supports.</param>
/// <param name="Evidence">The event that attached it.</param>
/// <param name="Found">Found; otherwise it is orphaned.</param>
/// <param name="Typographic">Found with other typography: the same words, written with other marks or spaces.</param>
public sealed record EvidenceOutcome(string Assertion, Guid Evidence, bool Found,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Typographic = false);

/// <summary>
/// Looks for evidence in a text: exactly, never by likeness. Nothing is guessed from words that merely resemble it; only what typography changes
/// is looked through, since an orphan is an accusation.
/// </summary>
public static class EvidenceSearch
{
    /// <summary>The outcome for each piece of evidence.</summary>
    /// <param name="text">The text of the version that is captured.</param>
    /// <param name="pinned">The evidence.</param>
    /// <param name="captured">The earlier versions, for places that are pinned by number alone.</param>
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

    /// <summary>Without typography, and without what an editor's style decides: which quotation marks there are, and where a line breaks.</summary>
    private static string Loose(string text) => Typography.Fold(text).Replace('"', '\'').Replace('\n', ' ');

    private static EvidenceOutcome Outcome(PinnedEvidence p, bool isExact, Func<bool> isTypographic) =>
        isExact ? new(p.Assertion, p.Evidence, true) : isTypographic() ? new(p.Assertion, p.Evidence, true, true) : new(p.Assertion, p.Evidence, false);

    /// <summary>
    /// Where the earlier text was not kept: a place is the same where every paragraph that it touches says the same, counted from the first one.
    /// What moved with the paragraphs before it has not changed.
    /// </summary>
    private static bool HasPlace(IReadOnlyList<Paragraph> now, IReadOnlyList<Paragraph> then, Selector selector, Func<Paragraph, Paragraph, bool> isSame)
    {
        var touched = Enumerable.Range(0, then.Count).Where(i => then[i].Start < selector.End && selector.Start < then[i].Start + then[i].Length).ToList();
        return touched.Count > 0 && touched.All(i => i < now.Count && isSame(then[i], now[i]));
    }
}
