using System.Globalization;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A read request, as the slice that answers it sees it.</summary>
internal sealed class ReadCall(HttpContext context, bool audits)
{
    private RestrictedNow? _restricted;     // read once, so that one answer uses one state of the restrictions

    internal HttpContext Context { get; } = context;

    internal HttpResponse Response => Context.Response;

    internal Query Query { get; } = new(context);

    /// <summary>Whether the reader also sees what is restricted.</summary>
    internal bool Audits { get; } = audits;

    internal CancellationToken Cancelled => Context.RequestAborted;

    internal EventStore Store => Service<EventStore>();

    internal StreamStates States => Service<StreamStates>();

    internal T Service<T>()
        where T : notnull => Context.RequestServices.GetRequiredService<T>();

    /// <summary>The base address of this ledger's resources, with the host name that the reader used.</summary>
    internal Uri Root => new($"{Context.Request.Scheme}://{Context.Request.Host}/v1/");

    internal string Route(string name) => (string)Context.GetRouteValue(name)!;

    /// <summary>The moment that the query asks about. What is hidden was read up to the head of the log, which is then known and not asked for again.</summary>
    internal Task<ReadPoint> PointAsync() => Service<ReadPoints>().OfAsync(
        Query, async () => Audits ? await Store.HeadAsync(Cancelled) : (await RestrictedAsync()).Position, Cancelled);

    /// <summary>What is hidden from this reader now.</summary>
    internal async Task<RestrictedNow> RestrictedAsync() => _restricted ??= Audits ? RestrictedNow.Nothing : await Service<Restrictions>().CurrentAsync(Cancelled);

    /// <summary>What is hidden from this reader when it moves a cursor along the log.</summary>
    internal async Task<RestrictedNow> RestrictedInLogAsync() => Audits ? RestrictedNow.Nothing : await Service<Restrictions>().InLogAsync(Cancelled);

    /// <summary>Ends with 404 for an id that is not valid, and with 451 where this reader may not see the assertion.</summary>
    internal async Task RequireReadableAsync(string assertion)
    {
        Commands.RequireId(assertion);
        var restricted = await RestrictedAsync();
        if (restricted.IsEmpty)
        {
            return;
        }

        var state = (StreamState.OfAssertion)await States.KnownAsync(Ids.AssertionStream(assertion), s => s.Version > 0, Cancelled);
        if (restricted.Hides(assertion, (state.State.Claim?.Event as ClaimRecorded)?.Source.Id))
        {
            throw new ProblemException(Problem.Restricted($"Access to {assertion} is restricted for now; readers with the audit scope still see it."));
        }
    }

    /// <summary>Ends with 451 where this reader may not see the source.</summary>
    internal async Task RequireReadableSourceAsync(string source)
    {
        Commands.RequireId(source);
        if ((await RestrictedAsync()).Sources.Contains(source))
        {
            throw new ProblemException(Problem.Restricted($"Access to {source} is restricted for now; readers with the audit scope still see it."));
        }
    }

    /// <summary>Ends with 400 where a cursor lies beyond the head of the log. Its client has read another ledger and would wait for ever.</summary>
    internal Task RequireReachedAsync(long cursor, string field) => RequireReachedAsync(Store, cursor, field, Cancelled);

    /// <summary>The same for callers without a <see cref="ReadCall"/>.</summary>
    internal static async Task RequireReachedAsync(EventStore store, long cursor, string field, CancellationToken cancellationToken)
    {
        if (cursor > 0 && await store.HeadAsync(cancellationToken) is var head && cursor > head)
        {
            throw new ProblemException(Problem.BadRequest("cursor-beyond-head",
                $"{field} is {cursor}, but this log stands at {head}: the cursor comes from another ledger. Start again from a position that this one has.", field) with
            {
                Members = new Dictionary<string, object?> { ["head"] = head },
            });
        }
    }

    /// <summary>Writes an answer, and says at which position it was read.</summary>
    internal Task WriteAsync<T>(T body, long position) => WriteBytesAsync(JsonSerializer.SerializeToUtf8Bytes(body, DomainJson.Stored), "application/json", position);

    /// <summary>
    /// Writes the view of a stream. Its tag is the stream's version, for If-Match. If the version alone does not determine the bytes, the tag also
    /// holds their hash. That is so when other streams take part, and when the query asks for another moment, because an erasure may take something
    /// back from it.
    /// </summary>
    internal Task WriteViewAsync<T>(T view, long version, long position, bool isOfStreamAlone)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(view, DomainJson.Stored);
        Response.Headers.ETag = Preconditions.ETag(version, isOfStreamAlone && !Context.Request.QueryString.HasValue ? null : body);
        return WriteBytesAsync(body, "application/json", position);
    }

    /// <summary>Writes an answer in any format, and says at which position it was read.</summary>
    internal Task WriteBytesAsync(byte[] body, string contentType, long position)
    {
        Response.Headers["Ledger-Position"] = position.ToString(CultureInfo.InvariantCulture);
        return Response.WriteWholeAsync(body, contentType, Cancelled);
    }
}

/// <summary>Maps a read: access is the same for all; HEAD works wherever GET does.</summary>
internal static class ReadRoutes
{
    internal static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, string summary, Func<ReadCall, Task> read) =>
        routes.MapMethods(pattern, ["GET", "HEAD"], (Delegate)(async (HttpContext context) =>
            {
                if (!PageRequests.TrySendToPage(context))
                {
                    await read(new(context, context.User.May(Scopes.Audit)));
                }
            }))
            .RequireScopeByDefault(Scopes.Read)
            .WithSummary(summary)
            .WithTags("Reading")
            .ProducesProblem(400)
            .ProducesProblem(404);
}
