namespace Ledger.Store;

/// <summary>
/// Decides how long the appender retries. A restart or a failover of up to two seconds is bridged. In a longer outage callers
/// are told at once. The first call that succeeds ends the outage.
/// </summary>
internal sealed class Outage(TimeProvider timeProvider)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(250);

    private long? began;
    private TimeSpan pause = FirstPause;

    /// <summary>Waits before the next attempt, longer each time; false, without waiting, when the outage has lasted too long.</summary>
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
