using System.Globalization;

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
/// <param name="Found">Found exactly; otherwise it is orphaned.</param>
public sealed record EvidenceOutcome(string Assertion, Guid Evidence, bool Found);

/// <summary>Looks for evidence in a text: exactly, never by likeness. Nothing is guessed from words that merely resemble it.</summary>
public static class EvidenceSearch
{
    /// <summary>The outcome for each piece of evidence.</summary>
    /// <param name="text">The text of the version that is captured.</param>
    /// <param name="pinned">The evidence.</param>
    /// <param name="captured">The earlier versions, for places that are pinned by number alone.</param>
    public static IReadOnlyList<EvidenceOutcome> Search(string text, IEnumerable<PinnedEvidence> pinned, Func<int, VersionCaptured?> captured)
    {
        var paragraphs = new Lazy<IReadOnlyList<Paragraph>>(() => TextParts.Paragraphs(text));
        return
        [
            .. pinned.Select(p => new EvidenceOutcome(p.Assertion, p.Evidence, p.Selector.Type == SelectorType.TextQuote
                ? HasQuote(text, p.Selector)
                : HasPlace(paragraphs.Value, captured(p.Version)?.Paragraphs ?? [], p.Selector))),
        ];
    }

    /// <summary>The words with those around them, as code points in the same order: the Web Annotation model's exact, prefix and suffix.</summary>
    private static bool HasQuote(string text, Selector selector) =>
        text.Contains(string.Create(CultureInfo.InvariantCulture, $"{selector.Prefix}{selector.Exact}{selector.Suffix}"), StringComparison.Ordinal);

    /// <summary>A place is the same where every paragraph that it touches stands at the same place with the same hash; the earlier text itself is seldom kept.</summary>
    private static bool HasPlace(IReadOnlyList<Paragraph> now, IReadOnlyList<Paragraph> then, Selector selector)
    {
        var touched = then.Where(p => p.Start < selector.End && selector.Start < p.Start + p.Length).ToList();
        return touched.Count > 0 && touched.All(now.Contains);
    }
}
