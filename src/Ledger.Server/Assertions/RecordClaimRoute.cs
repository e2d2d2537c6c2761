using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Recording a claim.</summary>
internal static class RecordClaimRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<RecordClaim>("/v1/assertions", "Record a claim, with its evidence and links", (call, command) =>
            call.Commands.OnAssertionAsync(call, NewIds.Or(command.Id), command));
}
