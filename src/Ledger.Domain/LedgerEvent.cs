using System.Text.Json;

namespace Ledger.Domain;

/// <summary>
/// An event: something that was claimed, corrected, denied or withdrawn. The ledger appends events and never changes them.
/// The stored type name is the snake_case of the class (<see cref="EventTypes"/>). A changed shape needs a new class and an upcaster.
/// </summary>
public abstract record LedgerEvent
{
    /// <summary>When it was said or decided; null where nobody stated it.</summary>
    public StatedTime? OccurredAt { get; init; }

    /// <summary>When the public could first know it, resolved once, at writing. Null means unknown; then the time of recording counts.</summary>
    public StatedTime? PublishedAt { get; init; }
}

/// <summary>An event of a type that this version does not know. It is kept as it is, shown in a generic form, and ignored by every fold.</summary>
/// <param name="Type">The stored type name.</param>
/// <param name="Data">The event's own properties as stored.</param>
public sealed record UnknownEvent(string Type, JsonElement Data) : LedgerEvent;

/// <summary>An event with its place in the log.</summary>
/// <param name="Id">The event's id, a UUIDv7.</param>
/// <param name="Stream">The stream that holds it, such as <c>assertion-t06</c>.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the whole log, from 1, without gaps; 0 while it is not committed.</param>
/// <param name="RecordedAt">The time of recording. The database assigns it; it strictly increases with position.</param>
/// <param name="RecordedBy">The principal that recorded it.</param>
/// <param name="OnBehalfOf">The party that the principal acted for; null where it named none.</param>
/// <param name="Event">What happened.</param>
public sealed record Recorded(
    Guid Id, string Stream, long Version, long Position, DateTimeOffset RecordedAt, string RecordedBy, string? OnBehalfOf, LedgerEvent Event)
{
    /// <summary>The interval in which the event became publicly known: its publication or, where that is unknown, its recording.</summary>
    public Interval Known => Event.PublishedAt?.Interval ?? Interval.At(RecordedAt);

    /// <summary>What a reader is shown as "since": the publication as it was stated or, where none was, the time of recording.</summary>
    public string Since => Event.PublishedAt?.Value ?? WireTime.Format(RecordedAt);
}
