using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Withdrawing an earlier event: a denial, a position, a concern, a retraction, evidence, a link, a restriction.</summary>
internal static class WithdrawEventRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<WithdrawEvent>("/v1/events/{eventId}/withdrawal", "Withdraw an event", WithdrawAsync);

    private static async Task<Answer> WithdrawAsync(CommandCall call, WithdrawEvent command)
    {
        var cancellationToken = call.Context.RequestAborted;
        var store = call.Context.RequestServices.GetRequiredService<EventStore>();
        var target = Guid.TryParse(call.Route("eventId"), out var eventId) ? await store.ReadEventAsync(eventId, cancellationToken) : null;
        if (target is null)
        {
            throw new ProblemException(Problem.NotFound("No event has this id; the history of an assertion lists its events with their ids."));
        }

        await call.Commands.RequireAsync(command, cancellationToken);
        var (type, id) = Ids.OfStream(target.Stream);
        var circumstances = await call.Commands.CircumstancesAsync(call, command, type == "assertion" ? id : null);
        var counterpart = target.ToDomain().Event is Linked { Counterpart: { } other } ? await store.ReadEventAsync(other, cancellationToken) : null;
        List<(string Stream, Guid Event)> events = [.. counterpart is null ? [] : new[] { (counterpart.Stream, counterpart.Id) }, (target.Stream, target.Id)];
        return await call.Commands.RecordAsync(call, new()
        {
            Streams = [.. events.Select(e => e.Stream)],
            Id = id,
            Location = type == "assertion" ? $"/v1/assertions/{id}" : $"/v1/sources/{id}",
            OnBehalfOf = command.OnBehalfOf,
            Decide = current => Decide(current, command, events, circumstances),
        });
    }

    /// <summary>Lets the domain decide on a withdrawal, for each stream that it touches.</summary>
    internal static Ruling Decide(
        IReadOnlyDictionary<string, StreamState> current, WithdrawEvent command, List<(string Stream, Guid Event)> events, Circumstances circumstances) =>
        Ruling.OfAll(events.Select(e => (e.Stream, current[e.Stream] switch
        {
            StreamState.OfAssertion assertion => Assertion.Decide(assertion.State, command, e.Event, circumstances),
            StreamState.OfSource source => Source.Decide(source.State, command, e.Event, circumstances),
            _ => Decision.Refuse(RefusalCode.NotOpen, "A party's entry is changed with PUT /v1/parties/{id}, not withdrawn."),
        })));
}
