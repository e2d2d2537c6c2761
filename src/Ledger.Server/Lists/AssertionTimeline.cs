using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// One assertion while its stream is projected: its state, and how its events lie on the axis of publication. An event recorded late about an earlier
/// publication opens a window. Inside the window, the known events are not a prefix of the stream. <see cref="Advance"/> says which stretches of
/// publication the event splits, and what was known in each, so that exact rows can be written for them.
/// </summary>
internal sealed class AssertionTimeline
{
    /// <summary>
    /// The most rows that one late event may rewrite. An assertion that exceeds it is folded from its stream instead, when a list asks about one of
    /// its windows. Without this bound, the rows of a busy assertion would grow with the square of its events.
    /// </summary>
    internal const int SegmentsMax = 64;

    /// <summary>
    /// The most moments that are kept. An event that is late by more of them gives up exact rows, so older moments are never looked at again.
    /// </summary>
    private const int MomentsMax = SegmentsMax + 2;

    private readonly List<Moment> _moments = [];
    private readonly AssertionRowMaker _rows = new();

    /// <summary>The fold of every event so far.</summary>
    internal Assertion State { get; private set; } = Assertion.None;

    /// <summary>The list row of the state; null until there is a claim.</summary>
    internal AssertionRow? Row { get; private set; }

    /// <summary>The running maximum of known times: from when the whole stream so far is known.</summary>
    internal DateTimeOffset KnownFrom => _moments[^1].At;

    /// <summary>Whether exact rows were given up for this assertion.</summary>
    internal bool IsFoldedAtReading { get; private set; }

    /// <inheritdoc cref="AssertionRowMaker.TakeNewTerms"/>
    internal int[] TakeNewTerms() => _rows.TakeNewTerms();

    /// <inheritdoc cref="AssertionRowMaker.TakeNewContents"/>
    internal AssertionContent[] TakeNewContents() => _rows.TakeNewContents();

    /// <summary>Forgets the new terms and contents so far: they were written before.</summary>
    internal void ForgetNew()
    {
        TakeNewTerms();
        TakeNewContents();
    }

    /// <summary>Takes one more event. Returns what it means for the windows; null where it is not late.</summary>
    internal LateEvent? Advance(Recorded e)
    {
        State = Assertion.Evolve(State, e);
        Row = _rows.Of(State);
        if (State.Claim is not { } claim || Row is null)
        {
            return null;
        }

        // Nothing of an assertion is known before its claim. An event that was published earlier counts from the claim on.
        var known = e.Known.To > claim.Known.To ? e.Known.To : claim.Known.To;
        if (_moments.Count > 0 && known < KnownFrom)
        {
            return Split(e, known);
        }

        if (_moments.Count == 0 || known > KnownFrom)
        {
            _moments.Add(new() { At = known, State = State });
            Trim();
        }

        _moments[^1].State = State;
        return null;
    }

    private LateEvent Split(Recorded e, DateTimeOffset known)
    {
        var upto = KnownFrom;
        var at = _moments.FindIndex(m => m.At >= known);
        var isNew = _moments[at].At > known;
        if (isNew)
        {
            _moments.Insert(at, new() { At = known, State = at == 0 ? Assertion.None : _moments[at - 1].State });
        }

        var wasFolded = IsFoldedAtReading;
        IsFoldedAtReading |= _moments.Count - 1 - at > SegmentsMax;
        if (IsFoldedAtReading)
        {
            // From here on, only the time from which the whole is known is needed.
            _moments.RemoveRange(0, _moments.Count - 1);
            _moments[0].State = State;
            return new(State.Id, e.Position, known, upto, [], !wasFolded);
        }

        // What was known in a stretch is the fold of its events in position order, and the late event is the newest of them: it comes last.
        for (var i = at; i < _moments.Count; i++)
        {
            _moments[i].State = Assertion.Evolve(_moments[i].State, e);
        }

        _moments[^1].State = State;
        // A stretch that an earlier window covers and that this event cuts in two keeps what it said, up to the cut.
        var first = isNew && at > 0 && _moments[at - 1].IsCovered ? at - 1 : at;
        var segments = new List<TemporalRow>();
        for (var i = first; i < _moments.Count - 1; i++)
        {
            _moments[i].IsCovered = true;
            segments.Add(new(_rows.Of(_moments[i].State)!, e.Position, null, _moments[i].At, _moments[i + 1].At));
        }

        Trim();
        return new(State.Id, e.Position, known, upto, segments, false);
    }

    private void Trim()
    {
        if (_moments.Count > MomentsMax)
        {
            _moments.RemoveRange(0, _moments.Count - MomentsMax);
        }
    }

    /// <summary>A time at which something of the assertion became known, and the fold of all that was known by then.</summary>
    private sealed class Moment
    {
        internal required DateTimeOffset At { get; init; }

        internal required Assertion State { get; set; }

        /// <summary>Whether a window covers the stretch that begins here.</summary>
        internal bool IsCovered { get; set; }
    }
}

/// <summary>An event recorded later than one that was published after it.</summary>
/// <param name="Id">The assertion.</param>
/// <param name="Position">The position from which the window exists.</param>
/// <param name="Known">The window's start: when the event became known.</param>
/// <param name="Upto">The window's end: when everything that was recorded before is known.</param>
/// <param name="Segments">What was known in the stretches of publication that this event changes or cuts; empty where rows were given up.</param>
/// <param name="GivesUp">Whether exact rows are given up from here.</param>
internal sealed record LateEvent(
    string Id, long Position, DateTimeOffset Known, DateTimeOffset Upto, IReadOnlyList<TemporalRow> Segments, bool GivesUp)
{
    /// <summary>Writes a row of assertion_late.</summary>
    internal void WriteWindow(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Id);
        rows.Write(Position);
        rows.Write((DateTimeOffset?)Known);
        rows.Write((DateTimeOffset?)Upto);
    }

    /// <summary>Writes a row of assertion_folded.</summary>
    internal void WriteFolded(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Id);
        rows.Write(Position);
    }
}
