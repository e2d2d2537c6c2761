namespace Ledger.Client;

/// <summary>Options of a command.</summary>
public sealed record WriteOptions
{
    /// <summary>
    /// The idempotency key, which never expires: the same key and body get the first result again, from any process. It is printable ASCII without
    /// quotes. Derive it from what the command is about. Null means that a new key is made for the call, which covers the call's own retries.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The version that the stream must have; otherwise the command is refused with 412. Null accepts any version.</summary>
    public long? IfMatch { get; init; }
}

/// <summary>The answer to a command: what was appended.</summary>
/// <param name="Id">The id of what was recorded or changed.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Version">The version of the stream after the command.</param>
/// <param name="Position">The position of the last event in the log.</param>
/// <param name="RecordedAt">When it was recorded, by the clock of the ledger's database.</param>
/// <param name="SourceVersion">The number of the source version; null where none was captured.</param>
/// <param name="Events">Every event that was appended; empty where the ledger already said the same.</param>
public sealed record RecordedAnswer(string Id, string Stream, long Version, long Position, DateTimeOffset RecordedAt, int? SourceVersion, IReadOnlyList<RecordedEvent> Events)
{
    /// <summary>Whether this is the remembered answer of an earlier command with the same key.</summary>
    public bool Replayed { get; init; }
}

/// <summary>An appended event, as the answer to a command names it.</summary>
/// <param name="Id">Its id, by which it can be withdrawn.</param>
/// <param name="Type">Its type, such as <c>denial_recorded</c>.</param>
/// <param name="Stream">The stream to which it was appended.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Position">Its position in the log.</param>
public sealed record RecordedEvent(Guid Id, string Type, string Stream, long Version, long Position);
