using System.Text.Json.Serialization;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>One assertion of a comparison. The summary is for the page, which shows no label alone.</summary>
public sealed record ComparedAssertion(
    string Id, string Proposition, IReadOnlyList<Attribution> Attribution, IReadOnlyList<Figure> Figures, Modality Modality, string Label,
    [property: JsonIgnore] string Summary);

/// <summary>A row: an assertion of either source, or a pair that a link joins; theirs and ours as the link says, ours being its own end.</summary>
public sealed record ComparisonRow(
    ComparedAssertion? Left, ComparedAssertion? Right, Relation? Relation, string? LinkFrom, IReadOnlyList<Difference> Differences, Basis? Basis);

/// <summary>What one source says again of another, what differently, what not, and what it adds: by the links that somebody recorded, with their basis.</summary>
public sealed record Comparison(
    string Left, string Right, IReadOnlyList<ComparisonRow> Restated, IReadOnlyList<ComparisonRow> Differs, IReadOnlyList<ComparisonRow> Absent,
    IReadOnlyList<ComparisonRow> Added)
{
    internal static Comparison Of(string left, IReadOnlyList<Assertion> ofLeft, string right, IReadOnlyList<Assertion> ofRight)
    {
        var (byLeft, byRight) = (ofLeft.ToDictionary(s => s.Id), ofRight.ToDictionary(s => s.Id));
        var pairs = Pairs(ofRight, byLeft, (own, target, link) => Row(target, own, own, link))
            .Concat(Pairs(ofLeft, byRight, (own, target, link) => Row(own, target, own, link))).ToList();
        var joined = pairs.SelectMany(p => new[] { p.Left!.Id, p.Right!.Id }).ToHashSet(StringComparer.Ordinal);
        return new(left, right,
            [.. pairs.Where(IsRestated)],
            [.. pairs.Where(p => !IsRestated(p))],
            [.. ofLeft.Where(s => !joined.Contains(s.Id)).Select(s => new ComparisonRow(View(s), null, null, null, [], null))],
            [.. ofRight.Where(s => !joined.Contains(s.Id)).Select(s => new ComparisonRow(null, View(s), null, null, [], null))]);
    }

    private static bool IsRestated(ComparisonRow row) =>
        row is { Differences.Count: 0, Relation: Domain.Relation.Restates or Domain.Relation.DerivedFrom };

    private static IEnumerable<ComparisonRow> Pairs(
        IReadOnlyList<Assertion> own, Dictionary<string, Assertion> targets, Func<Assertion, Assertion, Linked, ComparisonRow> row) =>
        from state in own
        from link in state.Entries.Standing<Linked>()
        let target = targets.GetValueOrDefault(link.Event.To.Assertion ?? "")
        where target is not null && link.Event.SupersededBy is null
        select row(state, target, link.Event);

    private static ComparisonRow Row(Assertion left, Assertion right, Assertion own, Linked link) =>
        new(View(left), View(right), link.Relation, own.Id, link.Differences, link.Basis);

    private static ComparedAssertion View(Assertion state)
    {
        var (label, summary) = StandingLabel.Of(state);
        return new(state.Id, state.Content.Proposition, state.Content.Attribution, state.Content.Figures, state.Content.Modality, label, summary);
    }
}

/// <summary>Compares two sources.</summary>
internal static class ComparisonRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/sources/{id}/comparison", "Compare a source with another", ReadAsync).Produces<Comparison>();

    private static async Task ReadAsync(ReadCall call)
    {
        var (left, right) = (call.Route("id"), call.Query.Text("with") ?? throw Query.Invalid("with", "is missing; name the other source."));
        var point = await call.PointAsync();
        call.Query.Done();
        await call.WriteAsync(await OfAsync(call, left, right, point), point.Position);
    }

    /// <summary>The comparison of two sources. Fails with 404 if a source is not recorded, and with 451 if the reader may not see it.</summary>
    internal static async Task<Comparison> OfAsync(ReadCall call, string left, string right, ReadPoint point)
    {
        foreach (var id in new[] { left, right })
        {
            await call.RequireReadableSourceAsync(id);
            _ = await SourceView.AtAsync(call, id, point)
                ?? throw new ProblemException(Problem.NotFound($"No source {id} is recorded, or not by the moment asked for."));
        }

        var (ofLeft, ofRight) = (await SourceAssertions.AtAsync(call, left, point), await SourceAssertions.AtAsync(call, right, point));
        return Comparison.Of(left, ofLeft, right, ofRight);
    }
}
