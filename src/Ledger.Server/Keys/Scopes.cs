using Microsoft.AspNetCore.Authorization;

namespace Ledger.Server;

/// <summary>What a key may do. Each is the name of a policy too (<see cref="Access"/>).</summary>
internal static class Scopes
{
    internal const string Read = "read";
    internal const string Record = "record";
    internal const string Correct = "correct";
    internal const string Subscribe = "subscribe";
    internal const string Audit = "audit";
    internal const string EraseRequest = "erase:request";
    internal const string EraseApprove = "erase:approve";

    /// <summary>All of them.</summary>
    internal const string Admin = "admin";

    internal static IReadOnlyList<string> All { get; } = [Read, Record, Correct, Subscribe, Audit, EraseRequest, EraseApprove, Admin];

    /// <summary>Says which scope a route needs.</summary>
    internal static TBuilder RequireScope<TBuilder>(this TBuilder route, string scope)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(scope);

    /// <summary>Says which scope a route needs if the route itself names none.</summary>
    internal static TBuilder RequireScopeByDefault<TBuilder>(this TBuilder route, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        route.Finally(endpoint =>
        {
            if (!endpoint.Metadata.OfType<IAuthorizeData>().Any())
            {
                endpoint.Metadata.Add(new AuthorizeAttribute(scope));
            }
        });
        return route;
    }

    /// <summary>Says that a route is for everybody, whatever the settings say about reads.</summary>
    internal static TBuilder OpenToAll<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(Access.Open);

    /// <summary>The scope that an endpoint needs.</summary>
    internal static string NeededBy(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAuthorizeData>()?.Policy is not { } policy ? Admin
        : policy.StartsWith(DeskAccess.Prefix, StringComparison.Ordinal) ? policy[DeskAccess.Prefix.Length..]
        : policy;
}
