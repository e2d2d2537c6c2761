using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The body of a request to erase.</summary>
internal sealed record NewErasure
{
    public string? Assertion { get; init; }

    public string? Party { get; init; }

    public IReadOnlyList<long>? Positions { get; init; }

    public IReadOnlyList<string>? Fields { get; init; }

    public string? LegalBasis { get; init; }
}

/// <summary>Asking for an erasure, and deciding on it by another principal.</summary>
internal static class ErasureRoutes
{
    private const int PositionsMax = 10_000;
    private const int FieldsMax = 64;
    private const int FieldLengthMax = 64;
    private const int LegalBasisLengthMax = 500;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/erasures", (Delegate)RequestAsync).RequireScope(Scopes.EraseRequest).WithTags("Erasure").WithSummary("Ask for values to be erased for good").Accepts<NewErasure>("application/json").RemembersAnswers();
        routes.MapMethods("/v1/erasures", ["GET", "HEAD"], (Delegate)ListAsync).RequireScope(Scopes.Audit).WithTags("Erasure").WithSummary("List requests to erase");
        routes.MapMethods("/v1/erasures/{id:guid}", ["GET", "HEAD"], (Delegate)ReadAsync).RequireScope(Scopes.Audit).WithTags("Erasure").WithSummary("Read a request to erase, and what was decided");
        routes.MapPost("/v1/erasures/{id:guid}/approval", (Delegate)ApproveAsync).RequireScope(Scopes.EraseApprove).WithTags("Erasure").WithSummary("Approve and carry out; by another principal than asked").RemembersAnswers().TakesNoBody();
        routes.MapPost("/v1/erasures/{id:guid}/rejection", (Delegate)RejectAsync).RequireScope(Scopes.EraseApprove).WithTags("Erasure").WithSummary("Reject; by another principal than asked").RemembersAnswers().TakesNoBody();
    }

    private static async Task RequestAsync(HttpContext context, ErasureRequests requests, EventStore store, TimeProvider clock)
    {
        new Query(context).Done();
        var body = JsonBody.Parse<NewErasure>(await JsonBody.ReadAsync(context));
        if (body.Fields is not { Count: > 0 and <= FieldsMax } fields || fields.Any(f => string.IsNullOrEmpty(f) || f.Length > FieldLengthMax))
        {
            throw Invalid("fields", $"names from 1 to {FieldsMax} top-level fields of the events' data.");
        }

        if (string.IsNullOrWhiteSpace(body.LegalBasis) || body.LegalBasis.Length > LegalBasisLengthMax)
        {
            throw Invalid("legalBasis", $"is needed and has at most {LegalBasisLengthMax} characters; name the law, never the person.");
        }

        var positions = await PositionsAsync(body, fields, store, context.RequestAborted);
        if (positions.Count is 0 or > PositionsMax)
        {
            throw Invalid("fields", $"must be there in 1 to {PositionsMax} events; {positions.Count} of the events that were named have any of them.");
        }

        var request = new ErasureRequest(Guid.CreateVersion7(), "pending", positions, [.. fields.Distinct(StringComparer.Ordinal)], body.LegalBasis, context.User.Actor.Principal, clock.GetUtcNow(), null, null);
        await requests.AddAsync(request, context.RequestAborted);
        context.Response.Headers.Location = $"/v1/erasures/{request.Id}";
        await context.WriteJsonAsync(201, request);
    }

    private static async Task ListAsync(HttpContext context, ErasureRequests requests)
    {
        new Query(context).Done();
        await context.WriteJsonAsync(200, new { items = await requests.ListAsync(null, context.RequestAborted) });
    }

    private static async Task ReadAsync(HttpContext context, Guid id, ErasureRequests requests)
    {
        new Query(context).Done();
        await context.WriteJsonAsync(200, await FindAsync(id, requests, context.RequestAborted));
    }

    private static async Task ApproveAsync(HttpContext context, Guid id)
    {
        var (request, erased) = await CarryOutAsync(context, id);
        await context.WriteJsonAsync(200, new { id, state = "approved", request.Positions, request.Fields, request.LegalBasis, request.RequestedBy, decidedBy = context.User.Actor.Principal, erased.Streams, erased.Position });
    }

    private static async Task RejectAsync(HttpContext context, Guid id)
    {
        var request = await TurnDownAsync(context, id);
        await context.WriteJsonAsync(200, request with { State = "rejected", DecidedBy = context.User.Actor.Principal });
    }

    /// <summary>Approves a request and carries it out. When it returns, the projections have applied the erasure too.</summary>
    internal static async Task<(ErasureRequest Request, Eraser.Erased Erased)> CarryOutAsync(HttpContext context, Guid id)
    {
        var services = context.RequestServices;
        var (actor, request) = await DecidableAsync(context, id, services.GetRequiredService<ErasureRequests>());

        // Once begun, the erasure is carried out, even if the client no longer waits for the answer.
        var erased = await services.GetRequiredService<Eraser>().EraseAsync(request, actor.Principal, CancellationToken.None) ?? throw Decided();
        foreach (var stream in erased.Streams)
        {
            services.GetRequiredService<StreamStates>().Forget(stream);
        }

        foreach (var name in services.GetRequiredService<Projections>().Daemon.Names)
        {
            await services.GetRequiredService<ProjectionPositions>().ForAsync(name, erased.Position, 0, context.RequestAborted);
        }

        return (request, erased);
    }

    /// <summary>Rejects a request and returns it.</summary>
    internal static async Task<ErasureRequest> TurnDownAsync(HttpContext context, Guid id)
    {
        var requests = context.RequestServices.GetRequiredService<ErasureRequests>();
        var (actor, request) = await DecidableAsync(context, id, requests);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return await requests.RejectAsync(id, actor.Principal, now, context.RequestAborted) ? request : throw Decided();
    }

    private static async Task<(Actor Actor, ErasureRequest Request)> DecidableAsync(HttpContext context, Guid id, ErasureRequests requests)
    {
        var actor = context.User.Actor;
        new Query(context).Done();
        var request = await FindAsync(id, requests, context.RequestAborted);
        if (request.State != "pending")
        {
            throw Decided();
        }

        return request.RequestedBy != actor.Principal ? (actor, request) : throw new ProblemException(
            new(403, "same-principal", "Another principal must decide", "Who asked for an erasure cannot decide on it: use a key of another person with the scope erase:approve."));
    }

    private static async Task<ErasureRequest> FindAsync(Guid id, ErasureRequests requests, CancellationToken cancellationToken) =>
        await requests.ListAsync(id, cancellationToken) is [var request]
            ? request
            : throw new ProblemException(Problem.NotFound($"There is no request {id} to erase; GET /v1/erasures lists them."));

    /// <summary>
    /// The positions of the events in which to erase. The request names an assertion, a party (its own events and those tagged with it) or the
    /// positions themselves. Events that have none of the fields are left out.
    /// </summary>
    private static async Task<IReadOnlyList<long>> PositionsAsync(NewErasure body, IReadOnlyList<string> fields, EventStore store, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        switch (body)
        {
            case { Assertion: { } assertion, Party: null, Positions: null }:
                events.AddRange(await store.ReadStreamAsync(Ids.AssertionStream(assertion), cancellationToken: cancellationToken));
                break;
            case { Assertion: null, Party: { } party, Positions: null }:
                events.AddRange(await store.ReadStreamAsync(Ids.PartyStream(party), cancellationToken: cancellationToken));
                events.AddRange(await OfPartyAsync(party, store, cancellationToken));
                break;
            case { Assertion: null, Party: null, Positions: { Count: > 0 and <= PositionsMax } positions }:
                foreach (var position in positions)
                {
                    events.Add(await store.ReadEventAsync(position, cancellationToken) ?? throw Invalid("positions", $"names {position}, where nothing is recorded."));
                }

                break;
            default:
                throw Invalid("assertion", "or party or positions: name exactly one of them.");
        }

        return [.. events.Where(e => e.Type != EventTypes.NameOf(typeof(PayloadErased)) && HasAny(e, fields)).Select(e => e.Position).Distinct().Order()];
    }

    private static async Task<List<RecordedEvent>> OfPartyAsync(string party, EventStore store, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        var filter = new FeedFilter { AnyOfTags = [[$"party:{party}"]] };
        long after = 0;
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(after, EventStore.FeedPageMax, filter, cancellationToken);
            events.AddRange(page.Events);
            after = page.Next;
        }
        while (after < page.Head && events.Count <= PositionsMax);
        return events;
    }

    private static bool HasAny(RecordedEvent e, IReadOnlyList<string> fields)
    {
        using var data = JsonDocument.Parse(e.Data);
        return fields.Any(f => data.RootElement.TryGetProperty(f, out _));
    }

    private static ProblemException Decided() => new(new(409, "decided", "The request is decided already", "GET /v1/erasures says how; ask anew where needed."));

    private static ProblemException Invalid(string field, string message) => new(Problem.BadRequest("invalid", $"{field} {message}", field));
}
