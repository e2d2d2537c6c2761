namespace Ledger.Store;

/// <summary>
/// How long the appender goes on trying: a restart or a failover of a second or two is bridged, in a longer one callers
/// are told at once, and the first call that succeeds ends it.
/// </summary>
internal sealed class Outage(TimeProvider timeProvider)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(250);

    private long? began;
    private TimeSpan pause = FirstPause;

    /// <summary>Waits a little before the next attempt; false, at once, when patience is over.</summary>
    public async Task<bool> PauseAsync()
    {
        began ??= timeProvider.GetTimestamp();
        if (timeProvider.GetElapsedTime(began.Value) >= PatienceMax)
        {
            return false;
        }

        await Task.Delay(pause, timeProvider);
        pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        return true;
    }

    public void End()
    {
        began = null;
        pause = FirstPause;
    }
}
