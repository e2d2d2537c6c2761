using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Restricts access to an assertion or a source.</summary>
internal static class RestrictAccessRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<RestrictAccess>("/v1/restrictions", "Restrict access; the withdrawal of the event lifts it", (call, command) => command switch
        {
            { Assertion: { } id, Source: null } when !Ids.IsId(id) => throw NoId("assertion"),
            { Source: { } id, Assertion: null } when !Ids.IsId(id) => throw NoId("source"),
            { Assertion: { } id, Source: null } => call.Commands.OnAssertionAsync(call, id, command),
            { Source: { } id, Assertion: null } => call.Commands.OnSourceAsync(call, id, command, (source, c) => Source.Decide(source, (Command)command, c)),
            _ => throw new ProblemException(Problem.BadRequest("invalid", "assertion: name either an assertion or a source.", "assertion")),
        });

    private static ProblemException NoId(string field) =>
        new(Problem.BadRequest("invalid", $"{field}: must match [a-z0-9][a-z0-9-]{{1,79}}: lower-case letters, digits and dashes.", field));
}
