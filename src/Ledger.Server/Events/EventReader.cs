using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// One reader's way through the log: pages of the store while it is behind, the shared tail once it has joined. It never holds more than
/// one batch, so that a slow reader costs no memory.
/// </summary>
internal sealed class EventReader(EventTail tail, EventStore store, Restrictions restrictions, LedgerIdentity identity) : IDisposable
{
    private const int BatchEvents = EventStore.FeedPageMax;

    private readonly IDisposable _following = tail.Follow();

    /// <summary>What is shown.</summary>
    internal required FeedFilter Filter { get; init; }

    /// <summary>Whether restricted events are shown too.</summary>
    internal required bool Audits { get; init; }

    /// <summary>The last position that was looked at.</summary>
    internal required long Position { get; set; }

    /// <summary>The last erasure that was seen on this node.</summary>
    internal long NewestErasure => tail.NewestErasure;

    /// <summary>The next events that are shown; none when the time is over, or when what was looked at is hidden.</summary>
    /// <param name="max">Most events, up to a page of the feed.</param>
    /// <param name="patience">How long to wait for a first event.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task<IReadOnlyList<PublishedEvent>> NextAsync(int max, TimeSpan patience, CancellationToken cancellationToken)
    {
        var limit = Math.Min(max, BatchEvents);
        var taken = tail.Take(Position, limit);
        if (taken is null)
        {
            return await PageAsync(limit, patience, cancellationToken);
        }

        if (taken.Count == 0 && patience > TimeSpan.Zero)
        {
            await tail.WaitBeyondAsync(Position, patience, cancellationToken);
            taken = tail.Take(Position, limit) ?? [];
        }

        if (taken.Count == 0)
        {
            return taken;
        }

        Position = taken[^1].Position;
        var restricted = Audits ? RestrictedNow.Nothing : tail.Restricted;
        return [.. taken.Where(e => Filter.Shows(e.Recorded) && !restricted.Hides(e.Recorded))];
    }

    public void Dispose() => _following.Dispose();

    private async Task<IReadOnlyList<PublishedEvent>> PageAsync(int limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        var page = await store.ReadFeedAsync(Position, limit, Filter, cancellationToken);
        var restricted = Audits ? RestrictedNow.Nothing : await restrictions.CurrentAsync(cancellationToken);
        Position = page.Next;
        if (page.Next >= page.Head && page.Events.Count == 0 && patience > TimeSpan.Zero)
        {
            // At the head while the tail starts: it says when it runs.
            await tail.WaitBeyondAsync(Position, patience, cancellationToken);
        }

        return [.. page.Events.Where(e => !restricted.Hides(e)).Select(e => PublishedEvent.Of(e, identity.Uri))];
    }
}
