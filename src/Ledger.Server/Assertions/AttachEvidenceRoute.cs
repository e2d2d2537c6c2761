using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Attaching evidence to an assertion.</summary>
internal static class AttachEvidenceRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<AttachEvidence>("/v1/assertions/{id}/evidence", "Attach evidence", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
