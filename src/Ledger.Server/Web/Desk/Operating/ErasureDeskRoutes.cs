using Ledger.Server.Web.Desk.Operating;

namespace Ledger.Server;

/// <summary>A request for erasure, as the desk shows it: the fields that it names, but never their values.</summary>
/// <param name="MayDecide">
/// Whether the reader may decide on it. The reader needs the scope to approve, and must not be the one who made the request.
/// </param>
public sealed record ShownErasure(
    Guid Id, string State, IReadOnlyList<long> Positions, IReadOnlyList<string> Fields, string LegalBasis, string RequestedBy, DateTimeOffset RequestedAt,
    string? DecidedBy, DateTimeOffset? DecidedAt, bool MayDecide);

/// <summary>The page with the requests for erasure.</summary>
public sealed record ErasuresPage(DeskFrame Frame, IReadOnlyList<ShownErasure> Items);

/// <summary>Approval of an erasure by a second principal.</summary>
internal static class ErasureDeskRoutes
{
    private const string Decide = DeskAccess.Prefix + Scopes.EraseApprove;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/erasures", async call =>
        {
            call.Read.Query.Done();
            var frame = call.Frame("Erasures");
            var requests = await call.Service<ErasureRequests>().ListAsync(null, call.Cancelled);
            await call.WriteAsync<ErasuresDocument>(new ErasuresPage(frame, [.. requests.Select(r => new ShownErasure(
                r.Id, r.State, r.Positions, r.Fields, r.LegalBasis, r.RequestedBy, r.RequestedAt, r.DecidedBy, r.DecidedAt,
                r.State == "pending" && r.RequestedBy != call.Actor.Principal && frame.May(Scopes.EraseApprove)))]));
        }, DeskAccess.Prefix + Scopes.Audit);
        routes.MapDeskForm("/desk/erasures/{id:guid}/approval", async call =>
        {
            await ErasureRoutes.CarryOutAsync(call.Context, Guid.Parse(call.Route("id")));
            await call.SendToAsync("/desk/erasures");
        }, Decide);
        routes.MapDeskForm("/desk/erasures/{id:guid}/rejection", async call =>
        {
            await ErasureRoutes.TurnDownAsync(call.Context, Guid.Parse(call.Route("id")));
            await call.SendToAsync("/desk/erasures");
        }, Decide);
    }
}
