namespace Ledger.Domain;

/// <summary>An access key was made. The key's id is the name of its stream. Neither its secret nor its name is recorded: a name may be a person's.</summary>
public sealed record KeyMade : LedgerEvent
{
    /// <summary>The scopes: what the key may do.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The one party that it acts for; null where it acts for any.</summary>
    public string? Party { get; init; }

    /// <summary>When the key expires; null where it does not expire.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A key got a new secret.</summary>
public sealed record KeyRotated : LedgerEvent
{
    /// <summary>The moment until which the former secret is accepted as well.</summary>
    public DateTimeOffset FormerUntil { get; init; }
}

/// <summary>A key was revoked.</summary>
public sealed record KeyRevoked : LedgerEvent;

/// <summary>Counts of the requests that one node refused within a period, because they had no valid key or lacked a right.</summary>
public sealed record AccessRefused : LedgerEvent
{
    /// <summary>The start of the period.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>The end of the period.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>The counts by reason.</summary>
    public IReadOnlyList<RefusedRequests> Requests { get; init; } = [];
}

/// <summary>Refused requests of one kind.</summary>
/// <param name="Reason">
/// The reason: <c>noKey</c>, <c>unknownKey</c>, <c>expiredKey</c>, <c>revokedKey</c>, <c>badToken</c>, or <c>notAllowed</c> for a valid key without the
/// right.
/// </param>
/// <param name="Principal">The principal whose key it was; null where that is not known.</param>
/// <param name="Count">The number of requests.</param>
public sealed record RefusedRequests(string Reason, string? Principal, long Count);
