namespace Ledger.Server;

/// <summary>While something is withheld from a subscriber, checks from time to time whether a restriction has ended.</summary>
internal sealed class WithheldRelease(DeliveryLanes lanes, Restrictions restrictions)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private DateTimeOffset _lookedAt;

    /// <summary>What was restricted at the last check.</summary>
    internal RestrictedNow Restricted { get; private set; } = RestrictedNow.Nothing;

    /// <summary>Checks again at the next turn: the events just read may include the end of a restriction.</summary>
    internal void LookSoon() => _lookedAt = default;

    /// <summary>If a restriction has ended, lets the waiting lanes try again.</summary>
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
