namespace Ledger.Store;

/// <summary>The place of an appended event in its stream and in the log.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the log, from 1, without gaps, in commit order.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="RecordedAt">When it was recorded, in whole microseconds. The database assigns it; it strictly increases with position.</param>
public sealed record EventPosition(Guid Id, string Stream, long Version, long Position, string Type, DateTimeOffset RecordedAt);
