namespace Ledger.Store;

/// <summary>An event as the log holds it.</summary>
public sealed record RecordedEvent
{
    /// <summary>The event's id, unique in the log.</summary>
    public required Guid Id { get; init; }

    /// <summary>The id of its stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Its number in the stream, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>Its number in the log, from 1, without gaps, in commit order.</summary>
    public required long Position { get; init; }

    /// <summary>Its stored type. A type that the reader does not know is passed on as it is.</summary>
    public required string Type { get; init; }

    /// <summary>Its data: the text of a JSON object in UTF-8, as <c>jsonb</c> renders it.</summary>
    public required byte[] Data { get; init; }

    /// <summary>When it was recorded, in whole microseconds, UTC. It strictly increases with position.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The columns beside the data, exactly as stored, because proofs are about them.</summary>
    public required StoredColumns Stored { get; init; }

    /// <summary>Who recorded it, for whom, and the tags by which it is found. They are parsed on first use, because most folds never need them.</summary>
    public EventHeaders Headers => field ??= StoredHeaders.Read(Stored.Headers);

    /// <summary>Only who recorded it and for whom: the part of the headers that a fold needs.</summary>
    public (string RecordedBy, string? OnBehalfOf) Recorder => StoredHeaders.ReadRecorder(Stored.Headers);

    /// <summary>The id that the events of one conversation share. Marten stores text there; null where the text is no id.</summary>
    public Guid? CorrelationId => Guid.TryParse(Stored.Correlation, out var id) ? id : null;

    /// <summary>The id of the event that caused this one; null where the stored text is no id.</summary>
    public Guid? CausationId => Guid.TryParse(Stored.Causation, out var id) ? id : null;
}
