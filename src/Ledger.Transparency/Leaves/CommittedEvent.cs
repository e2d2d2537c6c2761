namespace Ledger.Transparency;

/// <summary>An event as it is stored, with everything to which its leaf commits. What is not here is not proven.</summary>
public sealed record CommittedEvent
{
    /// <summary>Its position in the log, from 1, without gaps. The index of its leaf is one less.</summary>
    public required long Position { get; init; }

    /// <summary>The event's id, by which subscribers know it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stream's id. It may name a person, so it enters the leaf only as a commitment.</summary>
    public required string Stream { get; init; }

    /// <summary>Its number in the stream, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>The stored alias of its type, such as <c>denial_recorded</c>. It is public.</summary>
    public required string Type { get; init; }

    /// <summary>When the database recorded it, in whole microseconds.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The id of the principal's key. The leaf holds it in plain text, so it must not be a name.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>The id of the event that caused this one; null where there is none. The leaf holds it in plain text.</summary>
    public string? Causation { get; init; }

    /// <summary>
    /// The headers to which the leaf commits; null for an event of leaf schema 1, which does not commit to headers.
    /// </summary>
    public CommittedHeaders? Headers { get; init; }

    /// <summary>The event's own JSON object in UTF-8. White space, the order of members and the way in which values are written do not matter.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}
