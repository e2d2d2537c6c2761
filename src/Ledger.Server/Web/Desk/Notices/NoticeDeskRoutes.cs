using Ledger.Domain;
using Ledger.Server.Web.Desk.Notices;

namespace Ledger.Server;

/// <summary>A notice that is being written.</summary>
/// <param name="Key">The key is made with the form, so that sending the form twice records it only once.</param>
/// <param name="IsPreview">Whether the author asked for a preview of the changes.</param>
/// <param name="NeedsApproval">Whether somebody else must approve the notice before it is recorded.</param>
public sealed record NoticePage(
    DeskFrame Frame, string Key, IReadOnlyDictionary<string, string> Filled, FormTrouble? Trouble, IReadOnlyList<NoticeItemShown> Items, IReadOnlyList<KnownParty> Parties,
    bool IsPreview, bool NeedsApproval)
{
    internal static IReadOnlyList<DeskField> Fields { get; } =
    [
        new("publisher", "Whose notice it is", DeskInput.Party) { IsNeeded = true },
        DeskField.Of<NoticeKind>("kind", "What it does", isNeeded: true),
        new("text", "Its words, as they are published", DeskInput.Text) { IsNeeded = true },
        DeskField.Of<Materiality>("materiality", "For a correction: how much it changes"),
        new("reason", "Why") { IsNeeded = true },
        new("url", "Where it stands", DeskInput.Address),
        new("citation", "or what it relies on, in words"),
        new("embargo", "Hide the assertions until") { Hint = "A moment such as 2026-08-04T14:05:00Z. Empty: it is public at once." },
    ];
}

/// <summary>Pages and forms to write a notice on the ticked assertions.</summary>
internal static class NoticeDeskRoutes
{
    private const string Policy = DeskAccess.Prefix + Scopes.Correct;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/notices/new", async call =>
        {
            var query = call.Context.Request.Query;
            var states = await NoticeWriting.StatesAsync(call, [.. query["assertion"].OfType<string>()]);
            var filled = query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
            await ShowAsync(call, Guid.CreateVersion7().ToString(), filled, null, [.. states.Select(s => NoticeWriting.Show(s, null, null))], false, StatusCodes.Status200OK);
        }, Policy);
        routes.MapDeskForm("/desk/notices/new", SendAsync, Policy);
    }

    private static async Task SendAsync(DeskCall call)
    {
        var id = Guid.TryParse(call.Form.Text(RecordingFormRoutes.KeyField), out var key) ? key : throw new ProblemException(Problem.BadRequest("invalid", "The form has no key; load it again."));
        var states = await NoticeWriting.StatesAsync(call, call.Form.All("assertion"));
        WrittenNotice? notice = null;
        try
        {
            notice = NoticeWriting.Read(call.Form, states, call.Actor.Party);
            if (call.Form.Text("do") != "preview")
            {
                await call.SendToAsync(call.Service<DeskSettings>().NoticesNeedApproval ? await KeepAsync(call, id, notice) : await PublishAsync(call, id, notice, states));
                return;
            }

            await ShowAsync(call, id.ToString(), call.Form.Filled, null, Shown(notice), true, StatusCodes.Status200OK);
        }
        catch (ProblemException refused) when (refused.Problem.RetryAfterS is null)
        {
            await ShowAsync(call, id.ToString(), call.Form.Filled, FormTrouble.Of(refused.Problem), Shown(notice), false, refused.Problem.Status);
        }

        IReadOnlyList<NoticeItemShown> Shown(WrittenNotice? written) => [.. states.Select(s => NoticeWriting.Show(s, written?.Items.First(i => i.Assertion == s.Id), call.Form))];
    }

    private static async Task<string> PublishAsync(DeskCall call, Guid id, WrittenNotice notice, IReadOnlyList<Assertion> states) => RecordingFormRoutes.PathOf(
        await NoticePublishing.RecordAsync(call, id, notice, NoticeWriting.Body(notice, id, states).ToJsonString(DomainJson.Stored)));

    private static async Task<string> KeepAsync(DeskCall call, Guid id, WrittenNotice notice)
    {
        await call.Service<NoticeDrafts>().AddAsync(new()
        {
            Id = id, State = NoticeDraft.Pending, Publisher = notice.Publisher, Kind = notice.Kind, Notice = notice, Author = call.Actor.Principal,
            WrittenAt = call.Service<TimeProvider>().GetUtcNow(),
        }, call.Cancelled);
        return $"/desk/notices/{id}";
    }

    private static async Task ShowAsync(
        DeskCall call, string key, IReadOnlyDictionary<string, string> filled, FormTrouble? trouble, IReadOnlyList<NoticeItemShown> items, bool isPreview, int status)
    {
        var frame = call.Frame("Write a notice");
        frame = frame with { Head = frame.Head with { Scripts = ["notice.js"] } };
        await call.WriteAsync<NoticeDocument>(new NoticePage(
            frame, key, filled, trouble, items, await RecordingFormRoutes.PartiesAsync(call), isPreview, call.Service<DeskSettings>().NoticesNeedApproval), status);
    }
}
