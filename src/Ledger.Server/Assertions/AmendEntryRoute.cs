using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Amending the recorder's own clerical mistake.</summary>
internal static class AmendEntryRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<AmendEntry>("/v1/assertions/{id}/amendments", "Amend an entry", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
