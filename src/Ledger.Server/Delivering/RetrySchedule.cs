namespace Ledger.Server;

/// <summary>When a failed delivery is tried again.</summary>
internal static class RetrySchedule
{
    /// <summary>
    /// The largest share of a pause that is added at random (jitter), so that deliveries that failed together are not retried together.
    /// </summary>
    private const double JitterMax = 0.2;

    /// <summary>The pause before the next attempt; null where the schedule is used up and the delivery is parked.</summary>
    /// <param name="schedule">The pause before each attempt, the first included.</param>
    /// <param name="attempts">Attempts made so far.</param>
    /// <param name="asked">The pause that the subscriber asked for; the longer one counts.</param>
    internal static TimeSpan? PauseAfter(IReadOnlyList<TimeSpan> schedule, int attempts, TimeSpan? asked)
    {
        if (attempts >= schedule.Count)
        {
            return null;
        }

        var pause = schedule[attempts] * (1 + (Random.Shared.NextDouble() * JitterMax));
        return asked > pause ? asked : pause;
    }
}
