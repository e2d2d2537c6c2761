using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// The working state of a dispatcher, in memory only: lanes, which lane goes next, and what is to be stored. A failed delivery blocks its lane and no
/// other. Not thread-safe.
/// </summary>
internal sealed class DeliveryLanes(IReadOnlyList<TimeSpan> schedule, long position)
{
    private readonly Dictionary<string, DeliveryLane> _lanes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<DeliveryLane, (int Class, long Position)> _ready = new();
    private readonly PriorityQueue<DeliveryLane, DateTimeOffset> _due = new();
    private readonly SortedSet<long> _outstanding = [];
    private readonly HashSet<long> _ahead = [];
    private readonly HashSet<DeliveryLane> _withheld = [];
    private readonly UnstoredDeliveries _unstored = new();

    /// <summary>The position up to which the log was read.</summary>
    internal long ReadTo { get; private set; } = position;

    /// <summary>Events that wait in memory.</summary>
    internal int Waiting => _outstanding.Count;

    /// <summary>The number of lanes, including the blocked ones.</summary>
    internal int Count => _lanes.Count;

    /// <summary>Events that were handed out ahead of their turn.</summary>
    internal int AheadCount => _ahead.Count;

    internal bool HasRows => _unstored.Any;

    /// <summary>Everything up to this position is settled once the rows that <see cref="Collect"/> returned are stored.</summary>
    internal long Settled => _outstanding.Count > 0 ? Math.Min(_outstanding.Min - 1, ReadTo) : ReadTo;

    /// <summary>When the next blocked lane is due.</summary>
    internal DateTimeOffset? NextDue => _due.TryPeek(out _, out var due) ? due : null;

    /// <summary>Takes over the stored deliveries of an earlier dispatcher.</summary>
    internal void Restore(IEnumerable<Delivery> heads, IEnumerable<long> ahead, DateTimeOffset now)
    {
        _ahead.UnionWith(ahead);
        foreach (var head in heads)
        {
            var lane = Lane(head.Stream);
            lane.Stored = true;
            lane.Parked = head.State == Delivery.Parked;
            Mark(lane, head is { State: Delivery.Pending, NextAttemptAt: null } ? new(-1, null) : null);
            Block(lane, lane.Parked ? null : head.NextAttemptAt ?? now);
        }
    }

    /// <summary>Takes events in the order of the log.</summary>
    internal void Add(IEnumerable<PublishedEvent> events, long readTo)
    {
        foreach (var e in events)
        {
            if (!_ahead.Remove(e.Position))
            {
                Enqueue(e);
            }
        }

        ReadTo = readTo;
    }

    /// <summary>Takes an event ahead of its turn in the log. The earlier events of its stream must have been taken before it.</summary>
    internal void AddAhead(PublishedEvent e)
    {
        if (e.Position > ReadTo && _ahead.Add(e.Position))
        {
            Enqueue(e);
        }
    }

    /// <summary>The lanes that go next, up to a number.</summary>
    /// <param name="max">The most lanes to start.</param>
    /// <param name="restricted">What is restricted. The end of a source's restriction waits for the events that the restriction withheld.</param>
    internal IReadOnlyList<DeliveryLane> Start(int max, RestrictedNow restricted)
    {
        var started = new List<DeliveryLane>();
        var held = new List<DeliveryLane>();
        while (started.Count < max && _ready.TryDequeue(out var lane, out _))
        {
            if (lane.Busy || lane.Turns.Count == 0)
            {
                continue;
            }

            if (restricted.EndOfSourceAt(lane.Turns.Peek().Delivery.Position) is { } end && _withheld.Any(l => l != lane && l.IsLateBefore(end)))
            {
                held.Add(lane);
                continue;
            }

            lane.Busy = true;
            started.Add(lane);
        }

        held.ForEach(MakeReady);
        return started;
    }

    /// <summary>A blocked lane whose time has come, to be filled from the store.</summary>
    internal DeliveryLane? TakeDue(DateTimeOffset now)
    {
        while (_due.TryPeek(out var lane, out var due) && due <= now)
        {
            _due.Dequeue();
            if (lane.Due == due && lane is { Loaded: false, Stored: true })
            {
                lane.Due = null;
                return lane;
            }
        }

        return null;
    }

    /// <summary>Fills a due lane with its stored deliveries; if there are none, the lane is free again.</summary>
    internal void Fill(DeliveryLane lane, IReadOnlyList<Delivery> open, DateTimeOffset now)
    {
        var released = lane.Released;
        (lane.Released, lane.Parked) = (false, false);
        switch (open)
        {
            case []:
                Forget(lane);
                break;
            case [{ State: Delivery.Parked }, ..]:
                lane.Parked = true;
                break;
            case [{ NextAttemptAt: { } next }, ..] when next > now && !released:
                Block(lane, next);
                break;
            default:
                foreach (var delivery in open.TakeWhile(d => d.State == Delivery.Pending))
                {
                    lane.Turns.Enqueue(new(delivery, null));
                }

                lane.Loaded = true;
                MakeReady(lane);
                break;
        }
    }

    /// <summary>Puts back a turn whose attempt ended as <see cref="DeliveryOutcome.Away"/>. The attempt does not count.</summary>
    internal void PutBack(DeliveryLane lane)
    {
        lane.Busy = false;
        MakeReady(lane);
    }

    /// <summary>Notes that the first delivery of a lane was accepted.</summary>
    internal void Succeed(DeliveryLane lane, DeliveryAttempt attempt, DateTimeOffset now)
    {
        lane.Busy = false;
        var delivery = lane.Turns.Dequeue().Delivery;
        Store(delivery.With(attempt, Delivery.Delivered, null));
        if (lane.Turns.Count > 0)
        {
            MakeReady(lane);
        }
        else if (lane.Stored)
        {
            lane.Loaded = false;
            Block(lane, now);
        }
        else
        {
            Forget(lane);
        }
    }

    /// <summary>Notes that the first delivery of a lane failed. The lane waits for a retry, or is parked.</summary>
    internal void Fail(DeliveryLane lane, DeliveryAttempt attempt, TimeSpan? asked, DateTimeOffset now)
    {
        lane.Busy = false;
        var first = lane.Turns.Dequeue().Delivery;
        var next = now + RetrySchedule.PauseAfter(schedule, first.AttemptCount + 1, asked);
        var state = next is null ? Delivery.Parked : Delivery.Pending;
        Store(first.With(attempt, state, next));
        foreach (var turn in lane.Turns.Where(t => t.Event is not null))
        {
            Store(turn.Delivery with { State = state });
        }

        if (next is null)
        {
            _unstored.NoteParkedBehind(lane.Stream, first.Position);
        }

        lane.Turns.Clear();
        (lane.Stored, lane.Loaded, lane.Parked) = (true, false, next is null);
        Mark(lane, null);
        Block(lane, next);
    }

    /// <summary>Withholds the first delivery of a lane, which is restricted for now. The lane waits; no attempt is counted.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="attempt">The attempt that found the restriction.</param>
    /// <param name="withheld">What is known of the restriction.</param>
    /// <param name="due">When to look again; null to wait for <see cref="ReleaseWithheld"/>.</param>
    internal void Withhold(DeliveryLane lane, DeliveryAttempt attempt, Withheld withheld, DateTimeOffset? due)
    {
        lane.Busy = false;
        Store(lane.Turns.Dequeue().Delivery.WithWithheld(attempt));
        foreach (var turn in lane.Turns.Where(t => t.Event is not null))
        {
            Store(turn.Delivery.WithWithheld(attempt));      // The deliveries after it wait too.
        }

        lane.Turns.Clear();
        (lane.Stored, lane.Loaded) = (true, false);
        Mark(lane, withheld);
        Block(lane, due);
    }

    /// <summary>Whether something is withheld.</summary>
    internal bool HasWithheld => _withheld.Count > 0;

    /// <summary>Lets every lane that waits for the end of a restriction try again.</summary>
    internal void ReleaseWithheld(DateTimeOffset now) => Release(_withheld, now);

    /// <summary>Lets every lane that waits for a retry go at once: the endpoint answers again.</summary>
    internal void Release(DateTimeOffset now) => Release(_lanes.Values.Where(l => l.Withheld is null), now);

    private void Release(IEnumerable<DeliveryLane> lanes, DateTimeOffset now)
    {
        foreach (var lane in lanes.Where(l => l is { Stored: true, Loaded: false, Parked: false }))
        {
            lane.Released = true;
            Block(lane, now);
        }
    }

    /// <summary>Returns what is to be stored now, and forgets it here.</summary>
    internal (IReadOnlyCollection<Delivery> Rows, IReadOnlyList<(string Stream, long Position)> ParkedBehind) Collect() => _unstored.Take();

    private void Enqueue(PublishedEvent e)
    {
        var lane = Lane(e.Recorded.Stream);
        if (lane.Stored)
        {
            _unstored.Note(Delivery.Of(e.Recorded, lane.Parked ? Delivery.Parked : Delivery.Pending));
            return;
        }

        lane.Turns.Enqueue(new(Delivery.Of(e.Recorded), e));
        _outstanding.Add(e.Position);
        MakeReady(lane);
    }

    private void Mark(DeliveryLane lane, Withheld? withheld)
    {
        lane.Withheld = withheld;
        _ = withheld is null ? _withheld.Remove(lane) : _withheld.Add(lane);
    }

    private void Forget(DeliveryLane lane)
    {
        _lanes.Remove(lane.Stream);
        _withheld.Remove(lane);
    }

    private void Store(Delivery delivery)
    {
        _unstored.Note(delivery);
        _outstanding.Remove(delivery.Position);
    }

    private void MakeReady(DeliveryLane lane)
    {
        if (!lane.Busy && lane.Turns.Count > 0)
        {
            _ready.Enqueue(lane, (lane.IsUrgent ? 0 : 1, lane.Turns.Peek().Delivery.Position));
        }
    }

    private void Block(DeliveryLane lane, DateTimeOffset? due)
    {
        lane.Due = due;
        if (due is { } at)
        {
            _due.Enqueue(lane, at);
        }
    }

    private DeliveryLane Lane(string stream)
    {
        if (!_lanes.TryGetValue(stream, out var lane))
        {
            _lanes.Add(stream, lane = new(stream));
        }

        return lane;
    }
}
