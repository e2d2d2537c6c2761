using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Hands one event over to a subscriber: as the feed shows it, or marked as late, or not at all while it is restricted.</summary>
internal sealed class DeliveryHandover(
    Subscription subscription, IDeliveryTarget target, Interest interest, EventStore store, Restrictions restrictions, SignedHeads heads, LedgerIdentity identity)
{
    private static readonly string RetractionType = EventTypes.NameOf(typeof(RetractionIssued));

    /// <summary>Hands over the event of a turn.</summary>
    /// <param name="turn">The turn; it carries no event if it was loaded from the store.</param>
    /// <param name="newestErasure">The position of the last erasure. An event from before it may still hold erased values, so it is read again.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    internal async Task<DeliveryOutcome> DeliverAsync(DeliveryTurn turn, long newestErasure, CancellationToken cancellationToken)
    {
        var e = turn.Event is { } kept && kept.Position > newestErasure
            ? kept
            : PublishedEvent.Of((await store.ReadEventAsync(turn.Delivery.Position, cancellationToken))!, identity.Uri);
        using var activity = SubscriberTelemetry.StartDelivery(subscription.Id, e.Recorded);
        if (MayBeWithheld(e.Recorded))
        {
            var restricted = await restrictions.InLogAsync(cancellationToken);
            if (restricted.Hides(e.Recorded))
            {
                return new() { Error = Delivery.WithheldError, Withheld = new(restricted.Position, [.. RestrictionEnd.SourcesOf(e.Recorded)]) };
            }

            e = await MarkedAsync(e, turn.Delivery.WasWithheld, restricted, cancellationToken);
        }

        var message = DeliveredMessage.Of(e) with
        {
            Checkpoint = await heads.BesideAsync(cancellationToken),
            Via = await interest.ViaAsync(e.Recorded, cancellationToken),
        };
        return await target.DeliverAsync(message, cancellationToken);
    }

    /// <summary>Every subscriber is told that something was restricted or erased. Only those who may see restricted content get that content.</summary>
    private bool MayBeWithheld(RecordedEvent e) => !subscription.Audits && (e.Type == RetractionType || !UrgentEvents.Types.Contains(e.Type));

    /// <summary>
    /// The event as it goes out. It is marked as late if it was recorded under a restriction that has ended, or if it was withheld from this
    /// subscriber.
    /// </summary>
    private async Task<PublishedEvent> MarkedAsync(PublishedEvent e, bool wasWithheld, RestrictedNow restricted, CancellationToken cancellationToken)
    {
        if (restricted.Ends is not [.., var last] || last.Position < e.Position)
        {
            return e;
        }

        var end = restricted.LastEndOver(e.Recorded, isHeld: !wasWithheld);
        if (end is null && wasWithheld && e.Recorded.ToDomain().Event is Linked { To.Assertion: { } quoted }
            && await store.ReadStreamAsync(Ids.AssertionStream(quoted), toVersion: 1, cancellationToken: cancellationToken) is [var claim])
        {
            end = restricted.LastEndOver(claim);
        }

        return end is null ? e : PublishedEvent.Late(e.Recorded, identity.Uri, end.Position);
    }
}
