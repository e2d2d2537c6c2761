namespace Ledger.Store;

/// <summary>An event without its headers, which cost more to read than all else and which most folds do not look at.</summary>
/// <param name="Stream">The stream that it belongs to.</param>
/// <param name="Version">Its number in the stream, from 1.</param>
/// <param name="Position">Its number in the log.</param>
/// <param name="Id">Unique over the log.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="Data">JSON object text in UTF-8.</param>
/// <param name="RecordedAt">Strictly increasing with position.</param>
public sealed record StreamEvent(string Stream, long Version, long Position, Guid Id, string Type, byte[] Data, DateTimeOffset RecordedAt);
