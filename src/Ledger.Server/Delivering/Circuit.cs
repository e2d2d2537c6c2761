namespace Ledger.Server;

/// <summary>
/// A circuit breaker for an endpoint that fails for everything. It opens after failures of several assertions without a success between them. While
/// it is open, it allows one attempt per pause, until one succeeds. A single assertion that fails does not open it, but one attempt that ends as <see
/// cref="DeliveryOutcome.Away"/> does.
/// </summary>
internal sealed class Circuit(TimeSpan firstPause)
{
    private const int LanesThatOpen = 5;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private TimeSpan? _pause;

    /// <summary>Until when no attempt is made; null while the circuit is closed.</summary>
    internal DateTimeOffset? OpenUntil { get; private set; }

    /// <summary>Notes a success; true when it closed the circuit.</summary>
    internal bool Succeed()
    {
        var wasOpen = OpenUntil is not null;
        _failing.Clear();
        (_pause, OpenUntil) = (null, null);
        return wasOpen;
    }

    internal void Fail(string stream, DateTimeOffset now, bool away)
    {
        _failing.Add(stream);
        if (now < OpenUntil)
        {
            // This attempt was under way when the circuit opened, so its failure says nothing new. If it counted, a burst of such failures would
            // raise the pause to its maximum at once.
            return;
        }

        if (away || OpenUntil is not null || _failing.Count >= LanesThatOpen)
        {
            var pause = _pause ?? firstPause;
            OpenUntil = now + pause;
            _pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        }
    }
}
