using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Registers a work.</summary>
internal static class RegisterSourceRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<RegisterSource>("/v1/sources", "Register a source", (call, command) =>
            call.Commands.OnSourceAsync(call, NewIds.Or(command.Id), command, (source, c) => Source.Decide(source, command, c)));
}
