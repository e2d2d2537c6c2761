using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>
/// A paper of a journal, for the formats about retractions: its publisher, the work, its published version, and one assertion that
/// stands for its published findings. Each is recorded where the ledger does not have it yet.
/// </summary>
internal sealed record Paper
{
    private const int AuthorsMax = 60;

    /// <summary>Its identifiers, the strongest first: <c>doi:…</c>, <c>pmid:…</c>.</summary>
    internal required IReadOnlyList<string> Names { get; init; }

    internal required string Title { get; init; }

    /// <summary>The publisher's name and its identity.</summary>
    internal required (string Name, Identity Identity) Publisher { get; init; }

    /// <summary>When it was published; null where that is unknown.</summary>
    internal string? PublishedAt { get; init; }

    /// <summary>The authors in their order.</summary>
    internal IReadOnlyList<string> Authors { get; init; } = [];

    internal IReadOnlyList<string> Topics { get; init; } = [];

    internal string? Language { get; init; }

    internal Identity Source => new("source", Names);

    internal Identity Claim => new("assertion", Names);

    private string? Url => Names[0].StartsWith("doi:", StringComparison.Ordinal) ? DoiUrl.Of(Names[0]["doi:".Length..]) : null;

    /// <summary>The identities that its commands name.</summary>
    internal IReadOnlyDictionary<string, Identity> Identities => new[] { Publisher.Identity, Source, Claim }.ToDictionary(i => i.Id);

    /// <summary>The proposition that the ledger records for the paper: its title, in words that claim nothing.</summary>
    internal static string PropositionOf(string title) => $"The findings as published in: {title}";

    /// <summary>The commands that record what the ledger does not have yet.</summary>
    internal IEnumerable<ArchiveCommand> Commands()
    {
        var (publisher, source, claim) = (Publisher.Identity.Id, Source.Id, Claim.Id);
        var attribution = Authors.Count is 0 ? [] : Authors.Count <= AuthorsMax ? Authors : [string.Join("; ", Authors)];
        yield return new("recordParty", null, $"party:{publisher}", new() { ["id"] = publisher, ["name"] = Line(Publisher.Name), ["kind"] = "publisher" }) { IfAbsent = true };
        yield return new("registerSource", null, $"source:{source}", Of(
            ("id", source), ("kind", "article"), ("title", Line(Title)), ("publisher", publisher), ("url", Url),
            ("identifiers", Strings(Names)), ("language", Language), ("publishedAt", PublishedAt)))
        { IfAbsent = true };
        yield return new("captureVersion", source, $"version:{source}", Of(("edition", "published"), ("seen", false), ("url", Url), ("publishedAt", PublishedAt))) { IfAbsent = true };
        yield return new("recordClaim", null, $"claim:{claim}", Of(
            ("id", claim), ("proposition", Texts.Cut(PropositionOf(Title), Limits.LineCodePointsMax)), ("source", new JsonObject { ["id"] = source, ["version"] = 1 }),
            ("attribution", new JsonArray([.. attribution.Select(a => new JsonObject { ["description"] = Line(a), ["role"] = "author" })])),
            ("language", Language), ("topics", Strings(Topics))))
        { IfAbsent = true };
    }

    /// <summary>Makes a body from the members that are not null.</summary>
    internal static JsonObject Of(params (string Name, JsonNode? Value)[] members) =>
        new(members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Name, m.Value)));

    internal static string Line(string text) => Texts.Cut(Texts.OnOneLine(text), Limits.LineCodePointsMax);

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
