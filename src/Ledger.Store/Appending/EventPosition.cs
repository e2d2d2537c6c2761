namespace Ledger.Store;

/// <summary>Where an appended event stands.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the log, from 1, without gaps, in commit order.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="RecordedAt">Assigned by the database; strictly increasing with position, in microseconds.</param>
public sealed record EventPosition(Guid Id, string Stream, long Version, long Position, string Type, DateTimeOffset RecordedAt);
