using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A version of a source, and what changed since the version before it.</summary>
/// <param name="View">The version.</param>
/// <param name="Words">The words that changed. Empty unless both texts are stored.</param>
/// <param name="NewParagraphs">How many paragraphs are new. Null if one of the versions has no text.</param>
/// <param name="LostParagraphs">How many paragraphs of the version before are gone.</param>
public sealed record VersionStep(VersionView View, IReadOnlyList<WordRun> Words, int? NewParagraphs, int? LostParagraphs)
{
    /// <summary>Longer texts are compared only by paragraph.</summary>
    private const int TextCharactersMax = 20_000;

    /// <summary>How many unchanged characters are shown on both sides of a change.</summary>
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

/// <summary>An assertion of the source, with the flags that a reader should see beside its label.</summary>
public sealed record CarriedAssertion(ListedCard Card, IReadOnlyList<Flag> Flags);

/// <summary>
/// The page of a source: its versions and their differences, its assertions with their standing, and the sources that it can be compared with.
/// </summary>
public sealed record SourcePage(
    PageHead Head, PageMoment Moment, SourceView View, IReadOnlyList<VersionStep> Versions, IReadOnlyList<CarriedAssertion> Assertions, int AssertionsCount,
    IReadOnlyList<SourceView> Others, PartyNames Names, long Position)
{
    /// <summary>The maximum number of assertions on the page. The list has the rest.</summary>
    private const int AssertionsMax = 60;

    /// <summary>The maximum number of linked assertions that are read to find sources to compare with.</summary>
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

    /// <summary>The sources that are linked with this one and that the reader may see.</summary>
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
