using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// One assertion while its log is projected: its state, and how its events lie on the axis of publication. An event recorded late about
/// an earlier publication opens a window in which what was known is no beginning of the stream; <see cref="Advance"/> says which stretches
/// of publication it splits, so that exact rows can be written for them.
/// </summary>
internal sealed class AssertionTimeline
{
    /// <summary>
    /// The most rows that one late event may rewrite. An assertion that exceeds it is folded from its stream instead, when a list asks about
    /// one of its windows; without a bound a hot assertion costs rows in the square of its events.
    /// </summary>
    internal const int SegmentsMax = 64;

    private readonly List<DateTimeOffset> _moments = [];
    private readonly HashSet<DateTimeOffset> _covered = [];

    /// <summary>The fold of every event so far.</summary>
    internal Assertion State { get; private set; } = Assertion.None;

    /// <summary>The list row of the state; null until there is a claim.</summary>
    internal AssertionRow? Row { get; private set; }

    /// <summary>The running maximum of known times: from when the whole stream so far is known.</summary>
    internal DateTimeOffset KnownFrom => _moments[^1];

    /// <summary>Whether exact rows were given up for this assertion.</summary>
    internal bool IsFoldedAtReading { get; private set; }

    /// <summary>Takes one more event; what it means for the windows, null where it is not late.</summary>
    internal LateEvent? Advance(Recorded e)
    {
        State = Assertion.Evolve(State, e);
        Row = AssertionRow.Of(State);
        if (State.Claim is not { } claim)
        {
            return null;
        }

        // Nothing of an assertion is known before its claim is: what was published earlier counts from the claim on.
        var known = e.Known.To > claim.Known.To ? e.Known.To : claim.Known.To;
        if (_moments.Count == 0 || known >= KnownFrom)
        {
            if (_moments.Count == 0 || known > KnownFrom)
            {
                _moments.Add(known);
            }

            return null;
        }

        return Split(e.Position, known);
    }

    private LateEvent Split(long position, DateTimeOffset known)
    {
        var upto = KnownFrom;
        var at = _moments.BinarySearch(known);
        var isNew = at < 0;
        if (isNew)
        {
            at = ~at;
            _moments.Insert(at, known);
        }

        var wasFolded = IsFoldedAtReading;
        IsFoldedAtReading |= _moments.Count - 1 - at > SegmentsMax;
        // A stretch that an earlier window covers and that this event cuts in two keeps what it said, up to the cut.
        var first = isNew && at > 0 && _covered.Contains(_moments[at - 1]) ? at - 1 : at;
        for (var i = at; i < _moments.Count - 1; i++)
        {
            _covered.Add(_moments[i]);
        }

        IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> segments = IsFoldedAtReading
            ? []
            : [.. from i in Enumerable.Range(first, _moments.Count - 1 - first) select (_moments[i], _moments[i + 1])];
        return new(State.Id, position, known, upto, segments, IsFoldedAtReading && !wasFolded);
    }
}

/// <summary>An event recorded later than one that was published after it.</summary>
/// <param name="Id">The assertion.</param>
/// <param name="Position">From this position on the window is there.</param>
/// <param name="Known">The window's start: when the event became known.</param>
/// <param name="Upto">Its end: when all that was recorded before is known.</param>
/// <param name="Segments">The stretches of publication whose fold this event changes or cuts; empty where rows were given up.</param>
/// <param name="GivesUp">Whether exact rows are given up from here.</param>
internal sealed record LateEvent(
    string Id, long Position, DateTimeOffset Known, DateTimeOffset Upto, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Segments, bool GivesUp);
