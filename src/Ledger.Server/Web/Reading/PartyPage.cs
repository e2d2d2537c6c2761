namespace Ledger.Server;

/// <summary>The page of a party: what it said, what others said about what it published, and what it has not answered.</summary>
public sealed record PartyPage(
    PageHead Head, PageMoment Moment, PartyView View, IReadOnlyList<PartyStatement> Said, IReadOnlyList<PartyStatement> SaidOf,
    IReadOnlyList<UnansweredItem> Waiting, PartyNames Names, long Position)
{
    /// <summary>The maximum number of statements of each kind on the page. The data has the rest.</summary>
    private const int StatementsMax = 50;

    private const int WaitingMax = 20;
    private const int TitleCharactersMax = 90;

    internal static async Task<PartyPage> ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var moment = PageMoment.Of(call);
        var point = await call.PointAsync();
        call.Query.Done();
        var (view, said, saidOf) = await PartyViews.ReadAsync(call, id, point);
        await call.Service<ProjectionPositions>().ForAsync(UnansweredProjection.ProgressName, point.Position, 0, call.Cancelled);
        var (waiting, _) = await UnansweredRoute.ItemsAsync(call, id, null, point, 0, WaitingMax);
        List<PartyStatement> spoken = [.. said.Where(s => s.Position.Stance is not "relays").Take(StatementsMax)];
        List<PartyStatement> heard = [.. saidOf.Where(s => s.Position.Stance is not ("asserts" or "relays")).Take(StatementsMax)];
        return new(
            PageHead.Of(call, Plain.Line(view.Name, TitleCharactersMax), $"What {Plain.Line(view.Name, TitleCharactersMax)} said, and what was said of it.") with { Data = $"/v1/parties/{id}{moment.Suffix}" },
            moment, view, spoken, heard, waiting,
            await PartyNames.OfAsync(call, heard.Select(h => h.Position.Party), point), point.Position);
    }
}
