namespace Ledger.Store;

/// <summary>A page of the feed.</summary>
/// <param name="Events">The events, ordered by position.</param>
/// <param name="Next">The cursor of the next page. It moves past events that the filter hid, and is never before the given cursor.</param>
/// <param name="Head">The log's last position when the page was read. There is nothing more to read when <c>Next</c> has reached it.</param>
public sealed record FeedPage(IReadOnlyList<RecordedEvent> Events, long Next, long Head);
