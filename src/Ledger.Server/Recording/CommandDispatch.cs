using Microsoft.AspNetCore.Routing.Patterns;

namespace Ledger.Server;

/// <summary>
/// Runs a named command as if it were an HTTP request: with the same endpoint, access rules, body rules and key, but without the network. So an import or a
/// message cannot do anything that its sender could not do over HTTP.
/// </summary>
internal sealed class CommandDispatch(EndpointDataSource endpoints)
{
    private readonly Lazy<Dictionary<string, (RouteEndpoint Endpoint, CommandEndpoint Command)>> _byPattern = new(() => (
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        let command = endpoint.Metadata.GetMetadata<CommandEndpoint>()
        where command is not null && (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") ?? false)
        group (Endpoint: endpoint, Command: command!) by Text(endpoint.RoutePattern)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal));

    /// <param name="context">A request of the command's sender. Its path and route values are set to those of the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="keyIsFree">Whether the key is probably unused. If so, it is looked up last and not first.</param>
    /// <param name="order">The place of the command among the sender's commands on one stream. Null if the command is independent.</param>
    internal Task<Answer> RunAsync(HttpContext context, NamedCommand command, bool keyIsFree = false, RequestOrder? order = null)
    {
        var (endpoint, route) = _byPattern.Value[command.Pattern];
        Set(context.Request, command);

        // It counts as the principal's own request, so the principal needs the scope of the route.
        if (Scopes.NeededBy(endpoint) is var scope && !context.User.May(scope))
        {
            throw new ProblemException(AccessRefusal.MissingScope(scope));
        }

        context.SetEndpoint(endpoint);
        var key = command.Key is null ? null : Preconditions.RequireKey(command.Key);
        return route.RunAsync(context, new(command.Body, key, keyIsFree, order));
    }

    private static void Set(HttpRequest request, NamedCommand command)
    {
        request.Path = command.Path;
        request.RouteValues.Clear();
        if (command.Target is { } target)
        {
            request.RouteValues["id"] = target;
            request.RouteValues["eventId"] = target;
        }
    }

    private static string Text(RoutePattern pattern) => "/" + (pattern.RawText ?? "").TrimStart('/');
}
