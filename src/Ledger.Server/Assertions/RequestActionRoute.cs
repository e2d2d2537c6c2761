using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Recording a request for a correction, a removal, a reply or a review.</summary>
internal static class RequestActionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<RequestAction>("/v1/assertions/{id}/requests", "Record a request", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
