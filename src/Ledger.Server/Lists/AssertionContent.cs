using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// What an assertion says from some event on, as lists keep it: the members of an item that few events change, and the values by which items are
/// filtered. The assertion's states refer to it, so that a state stores only what changed with it.
/// </summary>
/// <param name="Id">The assertion.</param>
/// <param name="Number">The number of this content within its assertion, from 1 in the order in which they were made.</param>
internal sealed record AssertionContent(string Id, int Number)
{
    public required string[] Topics { get; init; }

    public required string[] Words { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateTimeOffset? ValidTo { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Body { get; init; }

    /// <summary>The content of a state that holds a claim.</summary>
    internal static AssertionContent Of(Assertion state, ClaimRecorded claim, int number)
    {
        var content = state.Content;
        return new(state.Id, number)
        {
            Topics = [.. content.Topics.Distinct().Order(StringComparer.Ordinal)],
            Words = FullText.Words([content.Proposition, .. content.Attribution.Select(a => a.Description), .. content.Topics]),
            ValidFrom = content.Scope?.From?.From,
            ValidTo = content.Scope?.To?.To,
            Body = JsonSerializer.Serialize(
                new Members(state.Id, content.Proposition, claim.Source, claim.Publisher, content.Part, content.Modality, content.Topics, claim.PublishedAt, state.Claim!.RecordedAt),
                DomainJson.Stored),
        };
    }

    /// <summary>Compares two contents of one assertion without their numbers.</summary>
    internal static IEqualityComparer<AssertionContent> Same { get; } = EqualityComparer<AssertionContent>.Create(
        (a, b) => a!.Body == b!.Body && a.ValidFrom == b.ValidFrom && a.ValidTo == b.ValidTo && a.Words.AsSpan().SequenceEqual(b.Words),
        c => c.Body.GetHashCode(StringComparison.Ordinal));

    /// <summary>
    /// A quick check whether two states of one assertion give the same content, without making it. False only means that they may differ.
    /// </summary>
    internal static bool IsOf(Content made, Content other) => ReferenceEquals(made, other) || (
        made.Proposition == other.Proposition && made.Part == other.Part && made.Modality == other.Modality && made.Scope == other.Scope
        && ReferenceEquals(made.Attribution, other.Attribution) && ReferenceEquals(made.Topics, other.Topics));

    internal void WriteTo(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Id);
        rows.Write(Number);
        rows.Write(Topics);
        rows.Write(Words);
        rows.Write(ValidFrom);
        rows.Write(ValidTo);
        rows.Write(Body);
    }

    private sealed record Members(
        string Id, string Proposition, SourceVersion Source, string Publisher, Part Part, Modality Modality, IReadOnlyList<string> Topics,
        StatedTime? PublishedAt, DateTimeOffset RecordedAt);
}
