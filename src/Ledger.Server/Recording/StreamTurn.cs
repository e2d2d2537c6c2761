using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// One stream's place in the queue of commands. Commands are decided one after another, each on the state that the former leaves,
/// without waiting for the former's commit: the decided state runs ahead of the committed one, and falls back to it when an append fails.
/// A hot stream so costs its place in a batch, not a commit a command.
/// </summary>
internal sealed class StreamTurn(string stream)
{
    private readonly Lock _lock = new();
    private SortedDictionary<long, Recorded>? _landed;      // committed, but an earlier one is not known to be yet; null for nearly all of thousands of streams
    private Landmarks? _past;
    private StreamState? _committed;
    private bool _isStale;      // the log is known, or feared, to hold more than the committed state
    private (StreamState State, Guid LastEvent)? _ahead;
    private int _pending;
    private long _falls;        // how often what ran ahead came to nothing

    internal string Stream { get; } = stream;

    /// <summary>What is kept of the stream's past.</summary>
    internal Landmarks Past => LazyInitializer.EnsureInitialized(ref _past);

    /// <summary>Held while a command is decided and put into the append queue: never while a commit is waited for.</summary>
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

    /// <summary>What the next command is decided on.</summary>
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

    /// <summary>The newest append of this node that is under way; null when there is none. Set by whoever holds the gate.</summary>
    internal Task? Pending { get => field is { IsCompleted: false } pending ? pending : null; set; }

    /// <summary>Whether it was asked for since whoever drops turns last looked at it.</summary>
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

    /// <summary>Keeps a state just read from the log, unless a newer one is kept.</summary>
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

    /// <summary>Runs ahead: the state that a queued append will leave, and the last event in it. Gives how often that came to nothing so far.</summary>
    internal long Ahead(StreamState decided, Guid lastEvent)
    {
        lock (_lock)
        {
            _ahead = (decided, lastEvent);
            _pending++;
            return _falls;
        }
    }

    /// <summary>A queued append was committed, with these events.</summary>
    internal void Landed(IEnumerable<Recorded> events)
    {
        lock (_lock)
        {
            foreach (var e in events)
            {
                // Completions arrive in any order.
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

    /// <summary>A queued append was not committed: what was decided on top of it did not happen either.</summary>
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
            // With nothing under way the decided state adds nothing to the committed one, and its positions are provisional. What is
            // missing between the two, another node wrote: it is read.
            _ahead = null;
            _isStale |= _landed is { Count: > 0 };
            _landed = null;
            Pending = null;     // It holds all that was answered.
        }
    }

    /// <summary>What a command is decided on.</summary>
    /// <param name="State">Null: it must be read from the log.</param>
    /// <param name="Follows">The last event in a state that runs ahead: the append must find it there. Null when the state is in the log.</param>
    /// <param name="Falls">How often what ran ahead came to nothing so far: as long as that does not change, nothing that was once in the state leaves it.</param>
    internal readonly record struct Place(StreamState? State, Guid? Follows, long Falls);
}
