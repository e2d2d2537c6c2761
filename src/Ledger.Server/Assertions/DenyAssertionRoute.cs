using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Recording a denial.</summary>
internal static class DenyAssertionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<DenyAssertion>("/v1/assertions/{id}/denials", "Record a denial", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
