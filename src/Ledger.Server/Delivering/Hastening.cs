using Ledger.Store;

namespace Ledger.Server;

/// <summary>Looks ahead in the backlog for urgent events, and takes each with the earlier events of its own stream.</summary>
/// <param name="lanes">The lanes of the dispatcher.</param>
/// <param name="interest">What concerns the subscription.</param>
/// <param name="position">The position up to which the subscription was served.</param>
/// <param name="store">The log.</param>
/// <param name="identity">The ledger.</param>
internal sealed class Hastening(DeliveryLanes lanes, Interest interest, long position, EventStore store, LedgerIdentity identity)
{
    /// <summary>The most events handed out ahead of their turn.</summary>
    private const int AheadMax = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly FeedFilter? _urgent = UrgentEvents.Of(interest.Read);
    private long _lookedTo = position;
    private DateTimeOffset _lookedAt;

    /// <summary>Takes the next urgent events, if it is time to look again.</summary>
    internal async Task LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_urgent is null || lanes.AheadCount >= AheadMax || now - _lookedAt < Interval)
        {
            return;
        }

        _lookedAt = now;
        _lookedTo = Math.Max(_lookedTo, lanes.ReadTo);
        var page = await store.ReadFeedAsync(_lookedTo, AheadMax - lanes.AheadCount, _urgent, cancellationToken);
        foreach (var stream in (await interest.SelectAsync(page.Events, e => e, cancellationToken)).GroupBy(e => e.Stream))
        {
            var last = stream.Max(e => e.Position);
            var earlier = await store.ReadStreamAsync(stream.Key, toPosition: last, cancellationToken: cancellationToken);
            foreach (var e in await interest.SelectAsync([.. earlier.Where(e => e.Position > lanes.ReadTo)], e => e, cancellationToken))
            {
                lanes.AddAhead(PublishedEvent.Of(e, identity.Uri));
            }
        }

        _lookedTo = page.Next;
    }
}
