namespace Ledger.Domain;

/// <summary>A key of access was made; its stream is the key's id. Neither its secret nor its name is recorded: a name may be a person's.</summary>
public sealed record KeyMade : LedgerEvent
{
    /// <summary>What it may do.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The one party that it acts for; null where it acts for any.</summary>
    public string? Party { get; init; }

    /// <summary>When it ends by itself; null where it does not.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A key got a new secret.</summary>
public sealed record KeyRotated : LedgerEvent
{
    /// <summary>Until when the former secret is good too.</summary>
    public DateTimeOffset FormerUntil { get; init; }
}

/// <summary>A key was ended.</summary>
public sealed record KeyRevoked : LedgerEvent;

/// <summary>Requests that one node refused for want of a good key or of a right, counted over a while.</summary>
public sealed record AccessRefused : LedgerEvent
{
    /// <summary>When the counting began.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>How many for which reason.</summary>
    public IReadOnlyList<RefusedRequests> Requests { get; init; } = [];
}

/// <summary>Refused requests of one kind.</summary>
/// <param name="Reason">Why: <c>noKey</c>, <c>unknownKey</c>, <c>expiredKey</c>, <c>revokedKey</c>, <c>badToken</c>, or <c>notAllowed</c> for a good key without the right.</param>
/// <param name="Principal">Whose key it was, where that is known.</param>
/// <param name="Count">How many.</param>
public sealed record RefusedRequests(string Reason, string? Principal, long Count);
