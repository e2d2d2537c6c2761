namespace Ledger.Store;

/// <summary>A page of the feed.</summary>
/// <param name="Events">In position order.</param>
/// <param name="Next">Where to go on: it has moved over what the filter hid, and is never behind the cursor given.</param>
/// <param name="Head">The log's last position when the page was read; the feed is exhausted when <c>Next</c> has reached it.</param>
public sealed record FeedPage(IReadOnlyList<RecordedEvent> Events, long Next, long Head);
