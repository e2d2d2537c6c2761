namespace Ledger.Server;

/// <summary>Where something is withheld from a subscriber, looks now and then whether a restriction has ended.</summary>
internal sealed class WithheldRelease(DeliveryLanes lanes, Restrictions restrictions)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private DateTimeOffset _lookedAt;

    /// <summary>What was restricted when it was looked at last.</summary>
    internal RestrictedNow Restricted { get; private set; } = RestrictedNow.Nothing;

    /// <summary>Looks again at the next turn: an end of a restriction may be among what was read.</summary>
    internal void LookSoon() => _lookedAt = default;

    /// <summary>Lets the lanes that wait look again, where a restriction has ended.</summary>
    internal async Task LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _lookedAt < Interval || !lanes.HasWithheld)
        {
            return;
        }

        var before = Restricted.Position;
        (Restricted, _lookedAt) = (await restrictions.InLogAsync(cancellationToken), now);
        if (Restricted.FirstEnd(before, long.MaxValue) is not null)
        {
            lanes.ReleaseWithheld(now);
        }
    }
}
