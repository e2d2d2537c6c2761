namespace Ledger.Store;

/// <summary>An event as the log holds it.</summary>
public sealed record RecordedEvent
{
    /// <summary>Unique over the log.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stream that it belongs to.</summary>
    public required string Stream { get; init; }

    /// <summary>Its number in the stream, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>Its number in the log, from 1, without gaps, in commit order.</summary>
    public required long Position { get; init; }

    /// <summary>Its stored type; one that the reader does not know is passed on as it is.</summary>
    public required string Type { get; init; }

    /// <summary>JSON object text, as <c>jsonb</c> renders it.</summary>
    public required string Data { get; init; }

    /// <summary>Strictly increasing with position, in microseconds, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who recorded it, for whom, and how it is found.</summary>
    public required EventHeaders Headers { get; init; }

    /// <summary>The event's random salt for commitments, base64; null on events that others wrote.</summary>
    public string? Salt { get; init; }

    /// <summary>What the events of one conversation share.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The event that caused this one.</summary>
    public Guid? CausationId { get; init; }
}
