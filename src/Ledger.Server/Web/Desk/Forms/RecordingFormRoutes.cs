using Ledger.Domain;
using Ledger.Server.Web.Desk.Forms;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A form with the values that were filled in so far.</summary>
/// <param name="Key">The key is made with the form, so that sending the form twice records it only once.</param>
public sealed record RecordingPage(DeskFrame Frame, RecordingForm Form, string Key, IReadOnlyDictionary<string, string> Filled, FormTrouble? Trouble, IReadOnlyList<KnownParty> Parties);

/// <summary>A party in a list to choose from.</summary>
public sealed record KnownParty(string Id, string Name);

/// <summary>The result of a form.</summary>
/// <param name="Address">The page of what was recorded.</param>
/// <param name="IsNew">False if the ledger had it already.</param>
/// <param name="IsHidden">True if the person who recorded it may not read it, for example after a restriction.</param>
public sealed record RecordedPage(DeskFrame Frame, string Type, string Of, string Id, string? Address, DateTimeOffset RecordedAt, long Position, bool IsNew, bool IsHidden);

/// <summary>Shows the recording forms, and runs the commands that they send.</summary>
internal static class RecordingFormRoutes
{
    internal const string KeyField = "key";
    private const int PartiesMax = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/record/{form}", async call =>
        {
            var form = RecordingForms.Find(call.Route("form"));
            var filled = call.Context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
            await ShowAsync(call, form, Guid.CreateVersion7().ToString(), filled, null, StatusCodes.Status200OK);
        }, DeskAccess.Prefix + Scopes.Record);
        routes.MapDeskForm("/desk/record/{form}", RecordAsync, DeskAccess.Prefix + Scopes.Record);
        routes.MapDesk("/desk/recorded/{position:long}", ReadAsync);
    }

    private static async Task RecordAsync(DeskCall call)
    {
        var form = RecordingForms.Find(call.Route("form"));
        var key = Preconditions.RequireKey(call.Form.Text(KeyField));
        try
        {
            Answer? last = null;
            foreach (var command in RecordingForms.CommandsOf(form, call.Form, key))
            {
                last = await call.RunAsync(command);
            }

            await call.SendToAsync(PathOf(last!));
        }
        catch (ProblemException refused) when (refused.Problem.RetryAfterS is null)
        {
            await ShowAsync(call, form, key, call.Form.Filled, FormTrouble.Of(refused.Problem), refused.Problem.Status);
        }
    }

    /// <summary>The page that says what was recorded.</summary>
    internal static string PathOf(Answer answer) => $"/desk/recorded/{answer.Position}" + (answer.Events.Count == 0 ? "?again=yes" : "");

    private static async Task ShowAsync(DeskCall call, RecordingForm form, string key, IReadOnlyDictionary<string, string> filled, FormTrouble? trouble, int status) =>
        await call.WriteAsync<RecordingDocument>(new RecordingPage(call.Frame(form.Title), form, key, filled, trouble, await PartiesAsync(call)), status);

    /// <summary>The parties that were recorded first, to choose from. For other parties the id must be typed.</summary>
    internal static async Task<IReadOnlyList<KnownParty>> PartiesAsync(DeskCall call)
    {
        var position = await call.Service<ProjectionPositions>().ForAsync(CatalogProjection.ProgressName, null, 0, call.Cancelled);
        var ids = await CatalogProjection.ListAsync(call.Read.Store.DataSource, "party", null, position, 0, PartiesMax, call.Cancelled);
        return [.. (await PartyView.AllAtAsync(call.Read, [.. ids.Select(i => i.Id)], await call.Read.PointAsync())).Select(p => new KnownParty(p.Id, p.Name))];
    }

    private static async Task ReadAsync(DeskCall call)
    {
        var again = call.Read.Query.Word("again", ["yes"]);
        call.Read.Query.Done();
        var position = long.Parse(call.Route("position"), System.Globalization.CultureInfo.InvariantCulture);
        var e = await call.Service<EventStore>().ReadEventAsync(position, call.Cancelled) ?? throw new ProblemException(Problem.NotFound("Nothing is recorded at this position."));
        var (type, id) = Ids.OfStream(e.Stream);
        var isHidden = false;
        try
        {
            await (type switch { "assertion" => call.Read.RequireReadableAsync(id), "source" => call.Read.RequireReadableSourceAsync(id), _ => Task.CompletedTask });
        }
        catch (ProblemException hidden) when (hidden.Problem.Status == StatusCodes.Status451UnavailableForLegalReasons && e.Recorder.RecordedBy == call.Actor.Principal)
        {
            isHidden = true;
        }

        var page = isHidden ? null : type switch { "assertion" => $"/assertions/{id}", "source" => $"/sources/{id}", "party" => $"/parties/{id}", _ => null };
        await call.WriteAsync<RecordedDocument>(new RecordedPage(call.Frame("Recorded"), e.Type, type, id, page, e.RecordedAt, position, again is null, isHidden));
    }
}
