namespace Ledger.Server;

/// <summary>What a key may do.</summary>
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

    /// <summary>Says which scope a route needs; without it a write needs <see cref="Record"/>.</summary>
    internal static TBuilder RequireScope<TBuilder>(this TBuilder route, string scope)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeededScope(scope));
}

/// <summary>Beside a route: the scope that its caller needs.</summary>
internal sealed record NeededScope(string Name);
