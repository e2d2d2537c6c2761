using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A version of a source, and what it changed from the one before.</summary>
/// <param name="View">The version.</param>
/// <param name="Words">The words that changed, where both texts are kept.</param>
/// <param name="NewParagraphs">How many paragraphs the one before did not have; null where a text was not given.</param>
/// <param name="LostParagraphs">How many of the one before are gone.</param>
public sealed record VersionStep(VersionView View, IReadOnlyList<WordRun> Words, int? NewParagraphs, int? LostParagraphs)
{
    /// <summary>Longer texts are compared by paragraph alone.</summary>
    private const int TextCharactersMax = 20_000;

    /// <summary>What is the same on both sides of a change is shown so far.</summary>
    private const int ContextCharacters = 80;

    internal static VersionStep Of(VersionView? before, VersionView view)
    {
        if (before is null)
        {
            return new(view, [], null, null);
        }

        var areTextsKept = before.Text is { Length: <= TextCharactersMax } && view.Text is { Length: <= TextCharactersMax } && before.Text != view.Text;
        var areCompared = before.Paragraphs.Count > 0 && view.Paragraphs.Count > 0;
        var (old, now) = (before.Paragraphs.Select(p => p.Sha256).ToHashSet(), view.Paragraphs.Select(p => p.Sha256).ToHashSet());
        return new(view,
            areTextsKept ? [.. AssertionDiff.Words(before.Text!, view.Text!).Select(Shortened)] : [],
            areCompared ? now.Count(p => !old.Contains(p)) : null, areCompared ? old.Count(p => !now.Contains(p)) : null);
    }

    private static WordRun Shortened(WordRun run) => run.Op != "same" || run.Text.Length <= 2 * ContextCharacters
        ? run
        : run with { Text = $"{Plain.Line(run.Text[..ContextCharacters], ContextCharacters)} … {Plain.Line(run.Text[^ContextCharacters..], ContextCharacters)}" };
}

/// <summary>An assertion of the source, with what a reader should see beside its label.</summary>
public sealed record CarriedAssertion(ListedCard Card, IReadOnlyList<Flag> Flags);

/// <summary>A source: its versions and their differences, every assertion in it with its standing, and the sources that it can be compared with.</summary>
public sealed record SourcePage(
    PageHead Head, PageMoment Moment, SourceView View, IReadOnlyList<VersionStep> Versions, IReadOnlyList<CarriedAssertion> Assertions, int AssertionsCount,
    IReadOnlyList<SourceView> Others, PartyNames Names, long Position)
{
    /// <summary>Assertions on the page; the list has the rest.</summary>
    private const int AssertionsMax = 60;

    /// <summary>Assertions whose links are looked at for sources to compare with.</summary>
    private const int LinkedMax = 200;

    private const int VersionsMax = 20;
    private const int OthersMax = 8;
    private const int TitleCharactersMax = 90;

    internal static async Task<SourcePage> ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var moment = PageMoment.Of(call);
        var point = await call.PointAsync();
        call.Query.Done();
        var view = await SourceViews.ReadAsync(call, id, point);
        var states = await SourceAssertions.AtAsync(call, id, point);
        var others = await OthersAsync(call, id, [.. states.Take(LinkedMax).Select(s => Ids.AssertionStream(s.Id))], point);
        return new(
            PageHead.Of(call, Plain.Line(view.Title, TitleCharactersMax), $"{view.Versions.Count} versions and {states.Count} assertions recorded.") with { Data = $"/v1/sources/{id}{moment.Suffix}" },
            moment, view,
            [.. view.Versions.Select((v, i) => VersionStep.Of(i == 0 ? null : view.Versions[i - 1], v)).TakeLast(VersionsMax)],
            [.. states.Take(AssertionsMax).Select(s => new CarriedAssertion(ListedCard.Of(s), StandingFlags.Of(s)))], states.Count, others,
            await PartyNames.OfAsync(call, [view.Publisher, .. others.Select(o => o.Publisher)], point), point.Position);
    }

    /// <summary>The sources that this one shares a link with, as far as the reader may see them.</summary>
    private static async Task<IReadOnlyList<SourceView>> OthersAsync(ReadCall call, string id, List<string> streams, ReadPoint point)
    {
        await call.Service<ProjectionPositions>().ForAsync(LinkProjection.ProgressName, point.Position, 0, call.Cancelled);
        var edges = await ProvenanceEdges.WalkAsync(call, streams, WalkDirection.Both, 1, point);
        var linked = edges.SelectMany(e => new[] { e.From, e.To }).Where(s => Ids.OfStream(s).Type == "assertion").Select(s => Ids.OfStream(s).Id).Distinct().Take(LinkedMax);
        var states = await SourceAssertions.FoldAsync(call, [.. linked], point);
        var restricted = await call.RestrictedAsync();
        var sources = states.Values.Where(s => !restricted.Hides(s.Id, ProvenanceGraph.Claim(s).Source.Id)).Select(s => ProvenanceGraph.Claim(s).Source.Id)
            .Where(s => s != id).Distinct().Take(OthersMax);
        return await SourceView.AllAtAsync(call, [.. sources], point);
    }
}
