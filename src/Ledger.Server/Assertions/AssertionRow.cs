using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>One line of a list of assertions.</summary>
internal sealed record AssertionItem
{
    public required string Id { get; init; }

    public required string Proposition { get; init; }

    public required SourceVersion Source { get; init; }

    public required string Publisher { get; init; }

    public required Part Part { get; init; }

    public required Modality Modality { get; init; }

    public required string Label { get; init; }

    public required string Summary { get; init; }

    public required Lifecycle Lifecycle { get; init; }

    public required IReadOnlyList<string> Flags { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    public StatedTime? PublishedAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required long Version { get; init; }

    public required long Position { get; init; }
}

/// <summary>A state of an assertion as lists keep it: the item, and what lists filter by. A pure function of the state.</summary>
internal sealed record AssertionRow(string Id, long FromPosition, string Source, string Publisher, string Label, string Lifecycle)
{
    public required string[] Parties { get; init; }

    public required string[] Topics { get; init; }

    public required string[] Flags { get; init; }

    public required string[] Words { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateTimeOffset? ValidTo { get; init; }

    public required string Body { get; init; }

    /// <summary>The row of a state that holds a claim; null of one that does not.</summary>
    internal static AssertionRow? Of(Assertion state)
    {
        if (state.Claim is not { Event: ClaimRecorded claim } record)
        {
            return null;
        }

        var standing = Standing.Of(state);
        var item = new AssertionItem
        {
            Id = state.Id,
            Proposition = state.Content.Proposition,
            Source = claim.Source,
            Publisher = claim.Publisher,
            Part = state.Content.Part,
            Modality = state.Content.Modality,
            Label = standing.Label,
            Summary = standing.Summary,
            Lifecycle = standing.Lifecycle,
            Flags = [.. standing.Flags.Select(f => f.Name).Distinct()],
            Topics = state.Content.Topics,
            PublishedAt = claim.PublishedAt,
            RecordedAt = record.RecordedAt,
            ChangedAt = state.RecordedAt,
            Version = state.Version,
            Position = state.Position,
        };
        var open = standing.Positions.Where(p => p.State == "open").ToList();
        return new(state.Id, state.Position, claim.Source.Id, claim.Publisher, BaseOf(standing.Label), JsonNamingPolicy.CamelCase.ConvertName(standing.Lifecycle.ToString()))
        {
            Parties = [.. standing.Positions.Select(p => p.Party).OfType<string>().Append(claim.Publisher).Distinct().Order(StringComparer.Ordinal)],
            Topics = [.. state.Content.Topics.Distinct().Order(StringComparer.Ordinal)],
            Flags = [.. item.Flags.Order(StringComparer.Ordinal)],
            Words = FullText.Words([state.Content.Proposition, .. state.Content.Attribution.Select(a => a.Description), .. state.Content.Topics, .. open.Select(p => p.Statement)]),
            ValidFrom = state.Content.Scope?.From?.From,
            ValidTo = state.Content.Scope?.To?.To,
            Body = JsonSerializer.Serialize(item, DomainJson.Stored),
        };
    }

    /// <summary>A label without "in part": what lists filter by.</summary>
    private static string BaseOf(string label) => label.EndsWith(" in part", StringComparison.Ordinal) ? label[..^8] : label;
}
