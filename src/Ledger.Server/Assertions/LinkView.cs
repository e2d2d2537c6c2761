using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// A difference as a reader sees it. If it would quote something restricted, the quoted words are left out and <c>Withheld</c> is true.
/// </summary>
public sealed record DifferenceView(string Field, JsonElement? Theirs, JsonElement? Ours, bool? Withheld = null)
{
    internal static IReadOnlyList<DifferenceView> Of(Linked link, RestrictedNow restricted) => restricted.HidesWordsOf(link)
        ? [.. link.Differences.Select(d => link.SupersededBy is null ? new DifferenceView(d.Field, null, d.Ours, true) : new DifferenceView(d.Field, d.Theirs, null, true))]
        : [.. link.Differences.Select(d => new DifferenceView(d.Field, d.Theirs, d.Ours))];
}

/// <summary>A link as a reader sees it.</summary>
public sealed record LinkView(
    Guid Event, LinkTarget To, Relation Relation, Basis Basis, IReadOnlyList<DifferenceView> Differences, VersionReference? Via,
    SupersededBecause? Because, string? SupersededBy, string LinkedBy, string Since, long Position)
{
    internal static LinkView Of(Recorded record, Linked link, RestrictedNow restricted) => new(
        record.Id, link.To, link.Relation, link.Basis, DifferenceView.Of(link, restricted), link.Via, link.Because, link.SupersededBy, link.LinkedBy,
        record.Since, record.Position);

    /// <summary>The data of an event as the audit trail shows it: the words of something restricted are left out.</summary>
    internal static JsonElement DataOf(ReadOnlyMemory<byte> data, LedgerEvent e, RestrictedNow restricted)
    {
        if (restricted.IsEmpty || e is not Linked link || !restricted.HidesWordsOf(link))
        {
            return JsonElement.Parse(data.Span);
        }

        var shown = JsonNode.Parse(data.Span)!;
        shown["differences"] = JsonSerializer.SerializeToNode(DifferenceView.Of(link, restricted), DomainJson.Stored);
        return JsonSerializer.SerializeToElement(shown, DomainJson.Stored);
    }
}
