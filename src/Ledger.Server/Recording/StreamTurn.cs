using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The turn of one stream. Commands on a stream are decided one after another, each on the state that the previous one leaves. They do not wait for the
/// commit of the previous one: the decided state is ahead of the committed one, and falls back to it if an append fails. So many commands on a busy stream
/// share one batch, and not every command needs its own commit.
/// </summary>
internal sealed class StreamTurn(string stream)
{
    private readonly Lock _lock = new();
    private SortedDictionary<long, Recorded>? _landed;      // committed events after a gap in the versions; null for nearly all of thousands of streams
    private Landmarks? _past;
    private StreamState? _committed;
    private bool _isStale;      // the log holds, or may hold, more than the committed state
    private (StreamState State, Guid LastEvent)? _ahead;
    private int _pending;
    private long _falls;        // how many queued appends have failed so far

    internal string Stream { get; } = stream;

    /// <summary>The kept past states of the stream.</summary>
    internal Landmarks Past => LazyInitializer.EnsureInitialized(ref _past);

    /// <summary>Held while a command is decided and put into the append queue. It is never held during the wait for a commit.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The newest state known to be in the log.</summary>
    internal StreamState? Committed
    {
        get
        {
            lock (_lock)
            {
                return _committed;
            }
        }
    }

    /// <summary>The state for the decision of the next command.</summary>
    internal Place Next
    {
        get
        {
            lock (_lock)
            {
                return _ahead is { } ahead ? new(ahead.State, ahead.LastEvent, _falls) : new(_isStale ? null : _committed, null, _falls);
            }
        }
    }

    /// <summary>The newest pending append of this node. Null if there is none. Only the holder of the gate sets it.</summary>
    internal Task? Pending { get => field is { IsCompleted: false } pending ? pending : null; set; }

    /// <summary>Whether the turn was requested since it was last checked for dropping.</summary>
    internal bool WasAskedFor { get; set; }

    internal bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _pending == 0 && Gate.CurrentCount == 1;
            }
        }
    }

    /// <summary>Keeps a state that was just read from the log, unless a newer one is kept already.</summary>
    internal void Keep(StreamState state)
    {
        lock (_lock)
        {
            if (_committed is not null && state.Version < _committed.Version)
            {
                return;
            }

            _committed = state;
            _isStale = false;
            FoldLanded();
            if (_pending == 0)
            {
                _ahead = null;
            }
        }
    }

    /// <summary>Sets the state that a queued append will leave, and its last event. Returns how many appends have failed so far.</summary>
    internal long Ahead(StreamState decided, Guid lastEvent)
    {
        lock (_lock)
        {
            _ahead = (decided, lastEvent);
            _pending++;
            return _falls;
        }
    }

    /// <summary>Notes that a queued append was committed, with these events.</summary>
    internal void Landed(IEnumerable<Recorded> events)
    {
        lock (_lock)
        {
            foreach (var e in events)
            {
                // Completions can arrive in any order.
                if (_landed is not { Count: > 0 } && e.Version == _committed?.Version + 1)
                {
                    _committed = _committed!.Evolve(e);
                }
                else
                {
                    (_landed ??= [])[e.Version] = e;
                }
            }

            FoldLanded();
            Settle();
        }
    }

    /// <summary>Notes that a queued append was not committed. Then the appends that were decided on top of it fail too.</summary>
    internal void Lost()
    {
        lock (_lock)
        {
            _isStale = true;
            _ahead = null;
            _falls++;
            Settle();
        }
    }

    private void FoldLanded()
    {
        while (_committed is not null && _landed is { Count: > 0 } && _landed.Keys.FirstOrDefault() is var next and > 0 && next <= _committed.Version + 1)
        {
            _landed.Remove(next, out var e);
            _committed = next > _committed.Version ? _committed.Evolve(e!) : _committed;
        }
    }

    private void Settle()
    {
        if (--_pending == 0)
        {
            // With no append pending, the decided state adds nothing to the committed one, and its positions are only provisional. If events are missing
            // before the landed ones, another node wrote them, so the log must be read.
            _ahead = null;
            _isStale |= _landed is { Count: > 0 };
            _landed = null;
            Pending = null;     // The task would keep the whole answer in memory.
        }
    }

    /// <summary>The state that a command is decided on.</summary>
    /// <param name="State">Null means that the state must be read from the log.</param>
    /// <param name="Follows">
    /// The last event in a state that is ahead of the log. The append must find this event in the log. Null if the state is in the log.
    /// </param>
    /// <param name="Falls">
    /// How many appends have failed so far. As long as this number does not change, an event that was once in the state stays in it.
    /// </param>
    internal readonly record struct Place(StreamState? State, Guid? Follows, long Falls);
}
