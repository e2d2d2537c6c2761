namespace Ledger.Store;

/// <summary>The events that one request appends to one stream.</summary>
/// <param name="Stream">The stream's id; it begins with its first event.</param>
/// <param name="StreamType">Kind of stream (Marten's aggregate alias); written when the stream begins, ignored later.</param>
/// <param name="ExpectedVersion">
/// The version that the stream must have (0: it must not exist yet); null accepts any. A stream's version is the
/// number of its events.
/// </param>
/// <param name="Events">In order. May be empty when a version is expected: then the write only checks it.</param>
public sealed record StreamWrite(string Stream, string StreamType, long? ExpectedVersion, IReadOnlyList<NewEvent> Events)
{
    /// <summary>
    /// The event that must be the stream's last one; null when the expected version says enough. It does not where the write was
    /// decided on an event that was still on its way: should that one be refused, another node's event may hold its version.
    /// </summary>
    public Guid? Follows { get; init; }
}
