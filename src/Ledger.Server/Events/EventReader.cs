using System.Runtime.CompilerServices;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// One reader's way through the log. It reads pages of the store while it is behind, and the shared tail once it has caught up. It never holds more
/// than one batch, so a slow reader costs no memory.
/// </summary>
internal sealed class EventReader(EventTail tail, EventStore store, Restrictions restrictions, LedgerIdentity identity) : IDisposable
{
    private const int BatchEvents = EventStore.FeedPageMax;

    private readonly IDisposable _following = tail.Follow();
    private long? _knownAtStart;
    private bool _isFresh;

    /// <summary>Which events are shown.</summary>
    internal required FeedFilter Filter { get; init; }

    /// <summary>Whether restricted events are shown too.</summary>
    internal required bool Audits { get; init; }

    /// <summary>The last position that was looked at.</summary>
    internal required long Position { get; set; }

    /// <summary>The position of the last erasure that this node has seen.</summary>
    internal long NewestErasure => tail.NewestErasure;

    /// <summary>
    /// The end of a restriction, if the last batch reached one. The events that the restriction withheld go out before the event that ends it.
    /// </summary>
    internal RestrictionEnd? Reached { get; private set; }

    /// <summary>The next events to show. Empty if no event came in time, or if every event that was read is hidden.</summary>
    /// <param name="max">The most events to return, up to a page of the feed.</param>
    /// <param name="patience">How long to wait for a first event.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task<IReadOnlyList<PublishedEvent>> NextAsync(int max, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_knownAtStart is null && !Audits)
        {
            (_isFresh, _knownAtStart) = (Position == 0, (await restrictions.InLogAsync(cancellationToken)).Position);
        }

        Reached = null;
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

        var restricted = Advance(taken[^1].Position, Audits ? RestrictedNow.Nothing : tail.Restricted);
        return [.. taken.Where(e => e.Position <= Position && Filter.Shows(e.Recorded) && IsShownHere(e.Recorded, restricted))];
    }

    /// <summary>The events that were hidden by the restriction whose end is <see cref="Reached"/>, marked as late.</summary>
    internal async IAsyncEnumerable<PublishedEvent> LateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Reached is { } end && HidFromHere(end))
        {
            var hidden = await restrictions.InLogAsync(cancellationToken);
            await foreach (var e in store.WithheldEventsAsync(end, end.Position, Filter, hidden, cancellationToken))
            {
                yield return PublishedEvent.Late(e, identity.Uri, end.Position);
            }
        }
    }

    public void Dispose() => _following.Dispose();

    private async Task<IReadOnlyList<PublishedEvent>> PageAsync(int limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        var page = await store.ReadFeedAsync(Position, limit, Filter, cancellationToken);
        var restricted = Advance(page.Next, Audits ? RestrictedNow.Nothing : await restrictions.InLogAsync(cancellationToken));
        if (Position >= page.Head && page.Events.Count == 0 && patience > TimeSpan.Zero)
        {
            // The reader is at the head and the tail is still starting. The tail wakes it when it runs.
            await tail.WaitBeyondAsync(Position, patience, cancellationToken);
        }

        return [.. page.Events.Where(e => e.Position <= Position && IsShownHere(e, restricted)).Select(e => PublishedEvent.Of(e, identity.Uri))];
    }

    /// <summary>
    /// Whether an event is shown at its own position. An event that a restriction hid is shown where the restriction ended instead: the reader may
    /// have passed earlier events of the same assertion while they were hidden.
    /// </summary>
    private bool IsShownHere(RecordedEvent e, RestrictedNow restricted) =>
        !restricted.Hides(e) && (restricted.LastEndOver(e) is not { } end || !HidFromHere(end));

    /// <summary>
    /// Whether a restriction may have hidden something from this reader. It has not if the reader began at position 0 after the restriction had
    /// ended.
    /// </summary>
    private bool HidFromHere(RestrictionEnd end) => !(_isFresh && end.Position <= _knownAtStart);

    /// <summary>Moves on, up to the next end of a restriction.</summary>
    private RestrictedNow Advance(long to, RestrictedNow restricted)
    {
        Reached = restricted.FirstEnd(Position, to);
        Position = Reached?.Position ?? to;
        return restricted;
    }
}
