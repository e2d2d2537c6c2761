namespace Ledger.Store;

/// <summary>An event without its headers. They cost more to read than everything else, and most folds do not need them.</summary>
/// <param name="Stream">The id of its stream.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the log.</param>
/// <param name="Id">The event's id, unique in the log.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="Data">Its data: the text of a JSON object in UTF-8.</param>
/// <param name="RecordedAt">When it was recorded. It strictly increases with position.</param>
public sealed record StreamEvent(string Stream, long Version, long Position, Guid Id, string Type, byte[] Data, DateTimeOffset RecordedAt);
