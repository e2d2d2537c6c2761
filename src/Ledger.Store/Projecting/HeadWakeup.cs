using JasperFx.Events.Daemon.HighWater;

namespace Ledger.Store;

/// <summary>
/// Wakes Marten's daemon when the log has grown, from the connection by which this node listens for its followers already. Under a steady stream it
/// lets the daemon rest between pages, so that an assertion that changes twice meanwhile is written once; somebody who waits for a position ends the
/// rest. Marten's own wake-up needs a second listening connection, loses a notification that comes while it is not waiting (the page is late then
/// by its polling time), and knows no rest.
/// </summary>
internal sealed class HeadWakeup(EventStore store, PositionSignal wanted, TimeProvider timeProvider) : IDaemonWakeup
{
    /// <summary>From this many events a second on there is a steady stream of them, and pages begin this far apart.</summary>
    private const int BusyEventsPerSecond = 750;
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>The same for a trickle: each page is a query and a transaction of each projection.</summary>
    private static readonly TimeSpan TrickleInterval = TimeSpan.FromMilliseconds(40);

    private long seen;
    private TimeSpan interval = TrickleInterval;
    private long wokeAt;

    /// <summary>Waits until there is something new, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken token)
    {
        var rest = wokeAt == 0 ? TimeSpan.Zero : interval - timeProvider.GetElapsedTime(wokeAt);
        if (rest > TimeSpan.Zero)
        {
            await wanted.WaitBeyondAsync(seen, rest, token);
        }

        var head = await store.WaitForAsync(seen, timeout, token);
        var now = timeProvider.GetTimestamp();
        var perSecond = wokeAt == 0 ? 0 : (head - seen) / timeProvider.GetElapsedTime(wokeAt, now).TotalSeconds;
        interval = perSecond >= BusyEventsPerSecond ? BusyInterval : TrickleInterval;
        (seen, wokeAt) = (Math.Max(seen, head), now);
    }

    /// <summary>Nothing to give back: the connection is the store's.</summary>
    public void Dispose()
    {
    }
}
