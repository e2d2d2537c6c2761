using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Records a party, and changes its entry.</summary>
internal static class RecordPartyRoute
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCommand<RecordParty>("/v1/parties", "Enter a party",
            (call, command) => call.Commands.OnPartyAsync(call, NewIds.Or(command.Id), command, create: true));
        routes.MapCommand<RecordParty>("PUT", "/v1/parties/{id}", "Change a party's entry, or enter it under this id",
            (call, command) => command.Id is { } id && id != call.Route("id")
                ? throw new ProblemException(Problem.BadRequest("invalid", "id: is another than the one in the path; leave it out.", "id"))
                : call.Commands.OnPartyAsync(call, NewIds.Or(call.Route("id")), command, create: false));
    }
}
