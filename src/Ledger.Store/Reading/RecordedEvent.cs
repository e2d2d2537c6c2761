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

    /// <summary>JSON object text in UTF-8, as <c>jsonb</c> renders it.</summary>
    public required byte[] Data { get; init; }

    /// <summary>Strictly increasing with position, in microseconds, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The columns beside the data, to the letter: what a proof is about.</summary>
    public required StoredColumns Stored { get; init; }

    /// <summary>Who recorded it, for whom, and how it is found. Read when it is first asked for: most folds never do.</summary>
    public EventHeaders Headers => field ??= StoredHeaders.Read(Stored.Headers);

    /// <summary>Of the headers only who recorded it and for whom: all that a fold looks at.</summary>
    public (string RecordedBy, string? OnBehalfOf) Recorder => StoredHeaders.ReadRecorder(Stored.Headers);

    /// <summary>What the events of one conversation share. Marten keeps text there: null where it is no id.</summary>
    public Guid? CorrelationId => Guid.TryParse(Stored.Correlation, out var id) ? id : null;

    /// <summary>The event that caused this one; null where it is no id.</summary>
    public Guid? CausationId => Guid.TryParse(Stored.Causation, out var id) ? id : null;
}
