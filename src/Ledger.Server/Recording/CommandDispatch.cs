using Microsoft.AspNetCore.Routing.Patterns;

namespace Ledger.Server;

/// <summary>
/// Carries a named command out as the request that it stands for: the same endpoint, access, body rules and key, without the network. So an import
/// or a message can do nothing that its sender could not do over HTTP.
/// </summary>
internal sealed class CommandDispatch(EndpointDataSource endpoints)
{
    private readonly Lazy<Dictionary<string, (RouteEndpoint Endpoint, CommandEndpoint Command)>> _byPattern = new(() => (
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        let command = endpoint.Metadata.GetMetadata<CommandEndpoint>()
        where command is not null && (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") ?? false)
        group (Endpoint: endpoint, Command: command!) by Text(endpoint.RoutePattern)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal));

    /// <param name="context">A request of the command's sender; its path and route values become the command's.</param>
    /// <param name="command">The command.</param>
    /// <param name="keyIsFree">Whether its key is most likely free: then it is looked for last, not first.</param>
    /// <param name="order">Null where it is one by itself.</param>
    internal Task<Answer> RunAsync(HttpContext context, NamedCommand command, bool keyIsFree = false, RequestOrder? order = null)
    {
        var (endpoint, route) = _byPattern.Value[command.Pattern];
        Set(context.Request, command);

        // It is the principal's own request: it needs the scope that the route asks for.
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
