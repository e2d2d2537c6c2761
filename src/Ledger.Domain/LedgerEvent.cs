using System.Text.Json;

namespace Ledger.Domain;

/// <summary>
/// Something that was claimed, corrected, denied or withdrawn: what the ledger appends and never changes.
/// The stored type name is the snake_case of the class (<see cref="EventTypes"/>); a changed shape is a new class and an upcaster.
/// </summary>
public abstract record LedgerEvent
{
    /// <summary>When it was uttered or decided, if anyone said so.</summary>
    public StatedTime? OccurredAt { get; init; }

    /// <summary>When the public could know it, resolved once at writing; null is unknown and counts as the time of recording.</summary>
    public StatedTime? PublishedAt { get; init; }
}

/// <summary>An event type that this version does not know: kept as it is, shown generically, ignored by every fold.</summary>
/// <param name="Type">The stored type name.</param>
/// <param name="Data">The event's own properties as stored.</param>
public sealed record UnknownEvent(string Type, JsonElement Data) : LedgerEvent;

/// <summary>An event as the log holds it.</summary>
/// <param name="Id">The event's id, a UUIDv7.</param>
/// <param name="Stream">The stream that holds it, such as <c>assertion-t06</c>.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the whole log, from 1 without gaps; 0 while it is not yet committed.</param>
/// <param name="RecordedAt">Assigned by the database, strictly increasing with position.</param>
/// <param name="RecordedBy">The principal that recorded it.</param>
/// <param name="OnBehalfOf">The party that the principal acted for, if it said so.</param>
/// <param name="Event">What happened.</param>
public sealed record Recorded(
    Guid Id, string Stream, long Version, long Position, DateTimeOffset RecordedAt, string RecordedBy, string? OnBehalfOf, LedgerEvent Event)
{
    /// <summary>The interval in which the event became publicly known: its publication, or its recording where that is unknown.</summary>
    public Interval Known => Event.PublishedAt?.Interval ?? Interval.At(RecordedAt);

    /// <summary>The publication as it was stated, else the time of recording: what a reader is shown as "since".</summary>
    public string Since => Event.PublishedAt?.Value ?? WireTime.Format(RecordedAt);
}
