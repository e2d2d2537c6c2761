using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Everything that one party says about an assertion. It is one column of the page.</summary>
public sealed record PartyColumn(string? Party, string? Description, IReadOnlyList<StandingPosition> Positions);

/// <summary>An assertion at a moment, with everything that its page shows.</summary>
public sealed record AssertionPage(
    PageHead Head, PageMoment Moment, AssertionView View, IReadOnlyList<PartyColumn> Columns, int PositionsHidden, IReadOnlyList<HistoryEntry> History, int HistoryCount,
    TimelineDrawing Timeline, GraphDrawing Graph, IReadOnlyList<ShownCorrection> Corrections, string? SourceTitle, PartyNames Names,
    long Position)
{
    /// <summary>The page shows at most this many of the newest lines of the audit trail. The data has all of them.</summary>
    private const int HistoryMax = 30;

    private const int CorrectionsMax = 8;

    /// <summary>The maximum number of positions on the page: first the chain of attribution, then the newest ones.</summary>
    private const int PositionsMax = 36;

    private const int GraphDepth = 2;
    private const int TitleCharactersMax = 90;
    private const int DescriptionCharactersMax = 200;

    internal static async Task<AssertionPage> ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var moment = PageMoment.Of(call);
        var point = await call.PointAsync();
        call.Query.Done();
        await call.RequireReadableAsync(id);
        var (state, uncertain) = await ReadAssertionRoute.AtAsync(call, id, point);
        var (view, _) = await ReadAssertionRoute.ViewAsync(call, state, point, uncertain);
        var (history, _) = await HistoryRoute.EntriesAsync(call, id, point);
        await call.Service<ProjectionPositions>().ForAsync(LinkProjection.ProgressName, point.Position, 0, call.Cancelled);
        var graph = await ProvenanceGraph.AroundAsync(call, id, WalkDirection.Both, GraphDepth, point);
        var names = await PartyNames.OfAsync(call,
            [view.Publisher, .. view.Attribution.Select(a => a.Party), .. view.Standing.Positions.Select(p => p.Party), .. view.Corrections.Select(c => c.Publisher)], point);
        var site = PageWriter.SiteOf(call.Context);
        return new(
            PageHead.Of(call, Plain.Line(view.Proposition, TitleCharactersMax), Plain.Line($"{Words.Title(view.Standing.Label)}: {view.Standing.Summary}.", DescriptionCharactersMax)) with
            {
                // The default encoder of System.Text.Json escapes characters that could end the script element.
                JsonLd = JsonSerializer.Serialize(SchemaOrg.Page(state, new Uri(site + "/v1/"))),
                Data = $"/v1/assertions/{id}{moment.Suffix}",
                Scripts = ["moments.js", "verify.js"],
            },
            moment, view,
            [.. Shown(view.Standing.Positions).GroupBy(p => (p.Party, p.Description)).Select(p => new PartyColumn(p.Key.Party, p.Key.Description, [.. p]))],
            Math.Max(0, view.Standing.Positions.Count - PositionsMax),
            [.. history.TakeLast(HistoryMax)], history.Count,
            TimelineDrawing.Of(id, state, history),
            GraphDrawing.Of(graph),
            [.. view.Corrections.TakeLast(CorrectionsMax).Select(ShownCorrection.Of)],
            graph.Sources.FirstOrDefault(s => s.Id == view.Source.Id)?.Title, names, point.Position);
    }
    private static IEnumerable<StandingPosition> Shown(IReadOnlyList<StandingPosition> positions) => positions.Count <= PositionsMax
        ? positions
        : positions.Where(IsOfChain).Take(PositionsMax / 2).Concat(positions.Where(p => !IsOfChain(p)).TakeLast(PositionsMax / 2));

    private static bool IsOfChain(StandingPosition position) => position.Stance is "asserts" or "relays";
}
