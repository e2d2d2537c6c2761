using Ledger.Domain;
using Ledger.Server.Web.Desk.Notices;

namespace Ledger.Server;

/// <summary>The notices that wait, and those that are decided.</summary>
public sealed record NoticeListPage(DeskFrame Frame, IReadOnlyList<NoticeDraft> Drafts);

/// <summary>A notice that waits, with the changes that it would make now.</summary>
/// <param name="MayApprove">Whether the reader is not the author.</param>
public sealed record NoticeDraftPage(DeskFrame Frame, NoticeDraft Draft, IReadOnlyList<NoticeItemShown> Items, bool MayApprove, FormTrouble? Trouble);

/// <summary>Approval by a second person. The author of a notice cannot approve it.</summary>
internal static class NoticeDraftRoutes
{
    private const string Policy = DeskAccess.Prefix + Scopes.Correct;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/notices", async call =>
        {
            call.Read.Query.Done();
            var drafts = await call.Service<NoticeDrafts>().ListAsync(call.Cancelled);
            await call.WriteAsync<NoticeListDocument>(new NoticeListPage(call.Frame("Notices"), [.. drafts.Where(d => IsFor(call, d))]));
        }, Policy);
        routes.MapDesk("/desk/notices/{id:guid}", async call => await ShowAsync(call, await FindAsync(call), null, StatusCodes.Status200OK), Policy);
        routes.MapDeskForm("/desk/notices/{id:guid}/approval", ApproveAsync, Policy);
        routes.MapDeskForm("/desk/notices/{id:guid}/rejection", RejectAsync, Policy);
    }

    private static async Task ApproveAsync(DeskCall call)
    {
        var draft = await FindAsync(call);
        if (draft.Author == call.Actor.Principal)
        {
            throw new ProblemException(new(403, "same-principal", "Another principal must approve", "Who wrote a notice cannot approve it: use a key of another person with the scope correct."));
        }

        try
        {
            var answer = await RecordAsync(call, draft);
            await call.SendToAsync(RecordingFormRoutes.PathOf(answer));
        }
        catch (ProblemException refused) when (refused.Problem.RetryAfterS is null)
        {
            await ShowAsync(call, await FindAsync(call), FormTrouble.Of(refused.Problem), refused.Problem.Status);
        }
    }

    /// <summary>
    /// Marks the draft as approved, records the notice, and marks the draft as published. If the server stops in between, the draft stays approved. The
    /// next approval then sends the same body with the same id, so the notice is recorded only once.
    /// </summary>
    private static async Task<Answer> RecordAsync(DeskCall call, NoticeDraft draft)
    {
        var notice = draft.Notice ?? throw Decided();
        var drafts = call.Service<NoticeDrafts>();
        var body = draft.Body;
        if (body is null)
        {
            var states = await NoticeWriting.StatesAsync(call, [.. notice.Items.Select(i => i.Assertion)]);
            if (states.FirstOrDefault(s => call.Form.Text(NoticeWriting.FieldOf(s.Id, "version")) != s.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } moved)
            {
                throw NoticeWriting.Moved(moved.Id);
            }

            body = NoticeWriting.Body(notice, draft.Id, states).ToJsonString(DomainJson.Stored);
        }

        var now = call.Service<TimeProvider>().GetUtcNow();
        var approved = draft with { State = NoticeDraft.Approved, Body = body, DecidedBy = call.Actor.Principal, DecidedAt = now };
        _ = await drafts.MoveAsync(draft.Id, held => held.State == draft.State ? approved : throw Decided(), call.Cancelled) ?? throw Decided();
        try
        {
            var answer = await NoticePublishing.RecordAsync(call, draft.Id, notice, body);

            // The notice is recorded, so the draft must say so even if the client has gone: this write cannot be cancelled.
            await drafts.MoveAsync(draft.Id, held => held with { State = NoticeDraft.Published, Notice = null, Body = null, Position = answer.Position }, CancellationToken.None);
            return answer;
        }
        catch (ProblemException refused) when (refused.Problem.RetryAfterS is null)
        {
            await drafts.MoveAsync(draft.Id, held => held with { State = NoticeDraft.Pending, Body = null, DecidedBy = null, DecidedAt = null }, CancellationToken.None);
            throw;
        }
    }

    private static async Task RejectAsync(DeskCall call)
    {
        var draft = await FindAsync(call);
        var now = call.Service<TimeProvider>().GetUtcNow();
        _ = await call.Service<NoticeDrafts>().MoveAsync(
            draft.Id,
            held => held.State == NoticeDraft.Pending ? held with { State = NoticeDraft.Rejected, Notice = null, DecidedBy = call.Actor.Principal, DecidedAt = now } : throw Decided(),
            call.Cancelled) ?? throw Decided();
        await call.SendToAsync("/desk/notices");
    }

    private static async Task ShowAsync(DeskCall call, NoticeDraft draft, FormTrouble? trouble, int status)
    {
        var items = draft.Notice is { } notice ? await ItemsAsync(call, notice) : [];
        await call.WriteAsync<NoticeDraftDocument>(new NoticeDraftPage(call.Frame("A notice"), draft, items, draft.IsOpen && draft.Author != call.Actor.Principal, trouble), status);
    }

    private static async Task<IReadOnlyList<NoticeItemShown>> ItemsAsync(DeskCall call, WrittenNotice notice)
    {
        var states = await NoticeWriting.StatesAsync(call, [.. notice.Items.Select(i => i.Assertion)]);
        return [.. states.Select(s => NoticeWriting.Show(s, notice.Items.First(i => i.Assertion == s.Id), null))];
    }

    private static async Task<NoticeDraft> FindAsync(DeskCall call) =>
        await call.Service<NoticeDrafts>().FindAsync(Guid.Parse(call.Route("id")), call.Cancelled) is { } draft && IsFor(call, draft)
            ? draft
            : throw new ProblemException(Problem.NotFound("There is no such notice at the desk."));

    /// <summary>A key that acts for one party sees only the drafts of that party.</summary>
    private static bool IsFor(DeskCall call, NoticeDraft draft) => call.Actor.Party is not { } party || party == draft.Publisher;

    private static ProblemException Decided() => new(new(409, "decided", "The notice is decided already", "Somebody else decided on it meanwhile; its page says how."));
}
