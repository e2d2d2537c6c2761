using System.Globalization;
using Ledger.Server.Web.Desk.Forms;

namespace Ledger.Server;

/// <summary>Something that waits for an answer, with the address of the form for the answer.</summary>
public sealed record AwaitedAnswer(UnansweredItem Item, int AgeDays, string Form);

/// <summary>The requests and upstream changes that nobody has answered.</summary>
public sealed record AnswersPage(DeskFrame Frame, IReadOnlyList<AwaitedAnswer> Items, bool AreMore, string? Publisher, PartyNames Names);

/// <summary>Lists what waits for an answer, oldest first.</summary>
internal static class AnswersDeskRoutes
{
    private const int ItemsMax = 100;

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapDesk("/desk/answers", async call =>
    {
        var publisher = call.Read.Query.Text("publisher") ?? call.Actor.Party;
        call.Read.Query.Done();
        var point = await call.Read.PointAsync();
        var position = await call.Service<ProjectionPositions>().ForAsync(UnansweredProjection.ProgressName, null, 0, call.Cancelled);
        var (items, more) = await UnansweredRoute.ItemsAsync(call.Read, publisher, null, point with { Position = position }, 0, ItemsMax);
        var now = call.Service<TimeProvider>().GetUtcNow();
        await call.WriteAsync<AnswersDocument>(new AnswersPage(
            call.Frame("Answers awaited"), [.. items.Select(i => new AwaitedAnswer(i, (int)Math.Max(0, (now - i.RecordedAt).TotalDays), FormOf(i)))], more is not null, publisher,
            await PartyNames.OfAsync(call.Read, items.SelectMany(i => new[] { i.Publisher, i.Requester }), point)));
    });

    private static string FormOf(UnansweredItem item) => "/desk/record/answer" + QueryString.Create(
    [
        KeyValuePair.Create<string, string?>(RecordingForms.TargetField, item.Assertion),
        item.Flag == UnansweredProjection.RequestFlag ? KeyValuePair.Create<string, string?>("request", item.Event.ToString())
            : KeyValuePair.Create<string, string?>("upstream", item.Position.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create<string, string?>("by", item.Publisher),
    ]);
}
