namespace Ledger.Client;

/// <summary>How a command is to be taken.</summary>
public sealed record WriteOptions
{
    /// <summary>
    /// Makes the command repeatable for as long as the ledger stands: the same key and body answer the first result again, also from another
    /// process. Printable ASCII without quotes, best made from what the command is about. Null: a new one is made for the call, which covers its own retries.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The version that the stream must have, else the command is refused with 412. Null: it is taken as the stream stands.</summary>
    public long? IfMatch { get; init; }
}

/// <summary>What was appended.</summary>
/// <param name="Id">The id of what was recorded or changed.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Version">The version of the stream after it.</param>
/// <param name="Position">The position of the last event in the log.</param>
/// <param name="RecordedAt">When it was recorded, by the ledger's database.</param>
/// <param name="SourceVersion">The number of the version, where one was captured.</param>
/// <param name="Events">Every event that was appended; empty where all of it stood already.</param>
public sealed record RecordedAnswer(string Id, string Stream, long Version, long Position, DateTimeOffset RecordedAt, int? SourceVersion, IReadOnlyList<RecordedEvent> Events)
{
    /// <summary>Whether the same command was answered before, under the same key.</summary>
    public bool Replayed { get; init; }
}

/// <summary>An event as its writer is told of it.</summary>
/// <param name="Id">Its id: withdrawals name it.</param>
/// <param name="Type">Its type, such as <c>denial_recorded</c>.</param>
/// <param name="Stream">The stream that it was appended to.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Position">Its position in the log.</param>
public sealed record RecordedEvent(Guid Id, string Type, string Stream, long Version, long Position);
