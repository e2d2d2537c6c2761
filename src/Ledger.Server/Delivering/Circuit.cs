namespace Ledger.Server;

/// <summary>
/// Leaves an endpoint alone that fails for everything: after failures of several assertions with no success between, one attempt a pause,
/// until one succeeds. A single assertion that fails never opens it.
/// </summary>
internal sealed class Circuit(TimeSpan firstPause)
{
    private const int LanesThatOpen = 5;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private TimeSpan? _pause;

    /// <summary>Until when nothing is tried; null while it is closed.</summary>
    internal DateTimeOffset? OpenUntil { get; private set; }

    /// <summary>True when this success closed it.</summary>
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
            // It was under way when the circuit opened, and says nothing new: counted, a burst of those would make the pause the longest at once.
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
