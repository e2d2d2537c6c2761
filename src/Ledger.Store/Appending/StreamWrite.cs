namespace Ledger.Store;

/// <summary>The events that one request appends to one stream.</summary>
/// <param name="Stream">The stream's id. A stream begins with its first event.</param>
/// <param name="StreamType">The kind of stream (Marten's aggregate alias). It is stored with the first event and ignored later.</param>
/// <param name="ExpectedVersion">
/// The version that the stream must have; 0 means that it must not exist yet, null accepts any version. A stream's version is the
/// number of its events.
/// </param>
/// <param name="Events">The events, in order. The list may be empty when a version or a last event is expected: then the write only checks that.</param>
public sealed record StreamWrite(string Stream, string StreamType, long? ExpectedVersion, IReadOnlyList<NewEvent> Events)
{
    /// <summary>
    /// The id of the event that must be the stream's last one; null where the expected version is enough. The version is not enough where the
    /// write was decided on an event that was not committed yet: if that event is refused, another node's event may have its version.
    /// </summary>
    public Guid? Follows { get; init; }
}
