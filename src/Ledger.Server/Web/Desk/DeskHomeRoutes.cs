using Ledger.Domain;
using Ledger.Server.Web.Desk;

namespace Ledger.Server;

/// <summary>The first page of the desk: what waits for somebody, and what can be recorded.</summary>
public sealed record DeskHomePage(DeskFrame Frame, IReadOnlyList<RecordingForm> Forms, int DraftsWaiting, int AnswersWaiting, bool AreMoreWaiting);

/// <summary>The sources in which an address was found.</summary>
public sealed record FoundPage(DeskFrame Frame, string Of, IReadOnlyList<SourceView> Sources);

/// <summary>A source at the desk. Its assertions can be ticked for a notice.</summary>
public sealed record DeskSourcePage(DeskFrame Frame, SourceView View, IReadOnlyList<ListedCard> Cards);

/// <summary>An assertion at the desk: what can be done with it, and with each of its events.</summary>
public sealed record DeskAssertionPage(DeskFrame Frame, ListedCard Card, IReadOnlyList<HistoryEntry> History, int HistoryCount);

/// <summary>The first page of the desk, and the pages of the sources and assertions that somebody works on.</summary>
internal static class DeskHomeRoutes
{
    private const int WaitingMax = 100;
    private const int HistoryMax = 50;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk(DeskAccess.Home, HomeAsync);
        routes.MapDesk("/desk/find", FindAsync);
        routes.MapDesk("/desk/sources/{id}", SourceAsync);
        routes.MapDesk("/desk/assertions/{id}", AssertionAsync);
    }

    private static async Task HomeAsync(DeskCall call)
    {
        var point = await call.Read.PointAsync();
        call.Read.Query.Done();
        var frame = call.Frame("Desk");
        var drafts = frame.May(Scopes.Correct) ? (await call.Service<NoticeDrafts>().ListAsync(call.Cancelled)).Count(d => d.IsOpen) : 0;
        var waitingAt = await call.Service<ProjectionPositions>().ForAsync(UnansweredProjection.ProgressName, null, 0, call.Cancelled);
        var (waiting, more) = await UnansweredRoute.ItemsAsync(call.Read, null, null, point with { Position = waitingAt }, 0, WaitingMax);
        await call.WriteAsync<DeskHomeDocument>(new DeskHomePage(frame, frame.May(Scopes.Record) ? RecordingForms.All : [], drafts, waiting.Count, more is not null));
    }

    /// <summary>Finds what somebody pasted: the address of a document, or the id of a source or an assertion.</summary>
    private static async Task FindAsync(DeskCall call)
    {
        var of = call.Read.Query.Text("of")?.Trim() ?? throw Query.Invalid("of", "is the address of a document, or the id of a source or an assertion.");
        call.Read.Query.Done();
        var point = await call.Read.PointAsync();
        if (StatusRoute.TryNormalOf(of) is { } url)
        {
            var found = await StatusRoute.FindAsync(call.Read, url, null, point.Position);
            var hidden = (await call.Read.RestrictedAsync()).Sources;
            var sources = await SourceView.AllAtAsync(call.Read, [.. found.Select(f => f.Source).Distinct().Where(s => !hidden.Contains(s))], point);
            await (sources is [var only] ? call.SendToAsync($"/desk/sources/{only.Id}") : call.WriteAsync<FoundDocument>(new FoundPage(call.Frame("Found"), of, sources)));
            return;
        }

        Commands.RequireId(of);
        await call.SendToAsync(await SourceView.AtAsync(call.Read, of, point) is not null ? $"/desk/sources/{of}" : $"/desk/assertions/{of}");
    }

    private static async Task SourceAsync(DeskCall call)
    {
        call.Read.Query.Done();
        var point = await call.Read.PointAsync();
        var view = await SourceViews.ReadAsync(call.Read, call.Route("id"), point);
        var states = await SourceAssertions.AtAsync(call.Read, view.Id, point);
        await call.WriteAsync<DeskSourceDocument>(new DeskSourcePage(call.Frame(Plain.Line(view.Title, 90)), view, [.. states.Select(ListedCard.Of)]));
    }

    private static async Task AssertionAsync(DeskCall call)
    {
        call.Read.Query.Done();
        var id = call.Route("id");
        var point = await call.Read.PointAsync();
        await call.Read.RequireReadableAsync(id);
        var (state, _) = await ReadAssertionRoute.AtAsync(call.Read, id, point);
        var (history, _) = await HistoryRoute.EntriesAsync(call.Read, id, point);
        await call.WriteAsync<DeskAssertionDocument>(new DeskAssertionPage(call.Frame($"{id} at the desk"), ListedCard.Of(state), [.. history.TakeLast(HistoryMax).Reverse()], history.Count));
    }
}
