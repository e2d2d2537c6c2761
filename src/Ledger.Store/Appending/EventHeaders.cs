namespace Ledger.Store;

/// <summary>
/// What is known about an event beside its data. It is stored in <c>mt_events.headers</c> as
/// <c>{"recordedBy", "onBehalfOf", "tags", "traceparent", "salt", "leaf"}</c>. The store adds the salt (32 random bytes) and the schema of
/// the leaf, which means that the leaf commits to all of these.
/// </summary>
public sealed record EventHeaders
{
    /// <summary>The principal (key or token) that recorded the event.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>The party that the principal acted for; null where it named none.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The words by which feeds filter (<c>publisher:x</c>, <c>topic:y</c>). They are fixed when the event is appended.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The W3C trace context of the request that appended the event; null where there was none.</summary>
    public string? TraceParent { get; init; }
}
