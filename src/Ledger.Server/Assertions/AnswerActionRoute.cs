using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Recording the answer to a request or to an upstream change.</summary>
internal static class AnswerActionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<AnswerAction>("/v1/assertions/{id}/answers", "Record an answer", (call, command) =>
            call.Commands.OnAssertionAsync(call, call.Route("id"), command));
}
