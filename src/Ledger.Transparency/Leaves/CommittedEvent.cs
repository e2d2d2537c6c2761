namespace Ledger.Transparency;

/// <summary>An event as it is stored, with all that its leaf commits to. What is not here is not proven.</summary>
public sealed record CommittedEvent
{
    /// <summary>Global position, from 1 without a gap; the leaf's index is one less.</summary>
    public required long Position { get; init; }

    /// <summary>The event's id, by which subscribers know it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stream's id, which may name a person: it enters the leaf only as a commitment.</summary>
    public required string Stream { get; init; }

    /// <summary>Place in its stream, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>The stored alias, such as <c>denial_recorded</c>; public.</summary>
    public required string Type { get; init; }

    /// <summary>When the database recorded it, in whole microseconds.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The id of the principal's key. It stands in the leaf as it is, so it must not be a name.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>The id of the event that caused this one, if any. It stands in the leaf as it is.</summary>
    public string? Causation { get; init; }

    /// <summary>
    /// What is stored beside the data and committed to as well; null for an event of leaf schema 1, whose headers are in no leaf.
    /// </summary>
    public CommittedHeaders? Headers { get; init; }

    /// <summary>The event's own JSON object in UTF-8; white space, order of members and spelling do not matter.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}
