using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Linking an assertion or a source to another.</summary>
internal static class AddLinkRoute
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCommand<AddLink>("/v1/assertions/{id}/links", "Link an assertion to another, or to a version of a source", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
        routes.MapCommand<AddLink>("/v1/sources/{id}/links", "Link a source to another, or to an assertion", (call, command) =>
            call.Commands.OnSourceAsync(call, call.Route("id"), command, (source, c) => Source.Decide(source, command, c)));
    }
}
