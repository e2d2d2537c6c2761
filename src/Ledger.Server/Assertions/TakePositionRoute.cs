using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Recording a position.</summary>
internal static class TakePositionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<TakePosition>("/v1/assertions/{id}/positions", "Record a position", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
