using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Ledger.Server;

/// <summary>What became of one line.</summary>
internal sealed record ImportResult(long Line, int Status, long? Position, IReadOnlyDictionary<string, object?>? Problem)
{
    /// <summary>Whether it is the answer of an earlier request with the same key.</summary>
    [JsonIgnore]
    public bool Replayed { get; init; }
}

/// <summary>
/// Carries a line out as the request that it stands for: the same endpoint, access, body rules and key, without the network. So an import
/// can do nothing that its sender could not do line by line.
/// </summary>
internal sealed class ImportDispatch(EndpointDataSource endpoints, ILogger<ImportDispatch> logger)
{
    private readonly Lazy<Dictionary<string, (RouteEndpoint Endpoint, CommandEndpoint Command)>> _byPattern = new(() => (
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        let command = endpoint.Metadata.GetMetadata<CommandEndpoint>()
        where command is not null && (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") ?? false)
        group (Endpoint: endpoint, Command: command!) by Text(endpoint.RoutePattern)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal));

    /// <param name="number">The line's number.</param>
    /// <param name="line">The line.</param>
    /// <param name="contexts">Makes it a request of its own.</param>
    /// <param name="keyIsFree">Whether its key is most likely free: then it is looked for last, not first.</param>
    /// <param name="order">Its place among the lines that write to the same stream.</param>
    internal async Task<ImportResult> RunAsync(long number, ImportLine line, LineContexts contexts, bool keyIsFree, RequestOrder order)
    {
        var context = contexts.Take();
        try
        {
            var (endpoint, command) = _byPattern.Value[line.Pattern];
            LineContexts.Set(context.Request, line);

            // The line is the principal's own request: it needs the scope that the route asks for.
            if (Scopes.NeededBy(endpoint) is var scope && !context.User.May(scope))
            {
                throw new ProblemException(AccessRefusal.MissingScope(scope));
            }

            context.SetEndpoint(endpoint);
            var key = line.Key is null ? null : Preconditions.RequireKey(line.Key);
            var answer = await command.RunAsync(context, new(line.Body, key, keyIsFree, order));
            return new(number, answer.Events.Count > 0 ? StatusCodes.Status201Created : StatusCodes.Status200OK, answer.Position, null) { Replayed = answer.Replayed };
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Failed(number, e);
        }
        finally
        {
            contexts.GiveBack(context);
        }
    }

    /// <summary>A line that could not be carried out.</summary>
    internal ImportResult Failed(long number, Exception e)
    {
        var problem = ProblemWriter.Of(e, logger);
        return new(number, problem.Status, null, ProblemWriter.Document(problem));
    }

    private static string Text(RoutePattern pattern) => "/" + (pattern.RawText ?? "").TrimStart('/');
}
