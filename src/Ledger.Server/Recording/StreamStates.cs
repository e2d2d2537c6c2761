using System.Collections.Concurrent;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// A cache of folded stream states. A reader folds only the events since the kept state, or since the landmark before a past moment. It also gives out the
/// turns in which the commands on one stream are decided. It is only a cache: an entry may be dropped at any time.
/// </summary>
internal sealed class StreamStates(EventStore store)
{
    /// <summary>The state of a usual assertion takes a few kilobytes, so this limits the cache to about a hundred megabytes.</summary>
    private const int TurnsMax = 20_000;

    /// <summary>A new stream checks at most this many old entries while they are in use. The next new stream continues.</summary>
    private const int LookedAtMax = 16;

    private readonly ConcurrentDictionary<string, StreamTurn> _turns = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StreamTurn> _byAge = new();
    private int _kept;      // the number of entries, because the dictionary takes all of its locks to count them

    /// <summary>The turn of a stream.</summary>
    internal StreamTurn Turn(string stream)
    {
        if (_turns.TryGetValue(stream, out var turn))
        {
            turn.WasAskedFor = true;
            return turn;
        }

        var made = new StreamTurn(stream);
        turn = _turns.GetOrAdd(stream, made);
        if (turn == made)
        {
            Interlocked.Increment(ref _kept);
            _byAge.Enqueue(made);
            DropOldest();
        }

        return turn;
    }

    /// <summary>
    /// Drops the oldest entries if there are too many. An entry that was requested since the last check, or that is not idle, goes back to the end of the
    /// queue.
    /// </summary>
    private void DropOldest()
    {
        for (var looked = 0; looked < LookedAtMax && Volatile.Read(ref _kept) > TurnsMax && _byAge.TryDequeue(out var oldest); looked++)
        {
            if (oldest is { WasAskedFor: false, IsIdle: true })
            {
                Drop(oldest);
            }
            else
            {
                oldest.WasAskedFor = false;
                _byAge.Enqueue(oldest);
            }
        }
    }

    /// <summary>The current state in the log: the kept state plus the events that any node has appended since.</summary>
    internal async Task<StreamState> CurrentAsync(string stream, CancellationToken cancellationToken)
    {
        var turn = Turn(stream);
        var state = turn.Committed ?? StreamState.Empty(stream);
        var tail = await store.ReadStreamAsync(stream, afterVersion: state.Version, cancellationToken: cancellationToken);
        if (tail.Any(IsErasure))
        {
            turn.Past.Clear();
            (state, tail) = (StreamState.Empty(stream), await store.ReadStreamAsync(stream, cancellationToken: cancellationToken));
        }

        state = Fold(turn, state, tail);
        turn.Keep(state);
        return state;
    }

    /// <summary>The state at a position. A state before the kept one is folded again.</summary>
    internal async Task<StreamState> AtAsync(string stream, long position, CancellationToken cancellationToken)
    {
        var turn = Turn(stream);
        var kept = turn.Committed;
        var isKept = kept?.Position <= position;
        var (before, behind) = isKept ? (kept, null) : turn.Past.Around(position);
        var start = before ?? StreamState.Empty(stream);
        // The end version saves the database from checking every later event of the stream, only to find that it was recorded too late.
        var end = isKept ? null : behind ?? kept;
        var tail = await store.ReadStreamAsync(stream, start.Version, end?.Version, position, cancellationToken);
        var state = Fold(turn, start, tail);
        if (kept is null || kept.Version < state.Version)
        {
            turn.Keep(state);
        }

        return state;
    }

    /// <summary>
    /// If nothing is kept of a stream, assumes that the stream has no events. A command that is decided on this assumption is appended only if it is true.
    /// </summary>
    internal void Assume(string stream)
    {
        var turn = Turn(stream);
        if (turn.Committed is null)
        {
            turn.Keep(StreamState.Empty(stream));
        }
    }

    /// <summary>
    /// Keeps the states of streams that will be needed soon. It reads them with one query. A stream without events is kept as empty. A command that is
    /// decided on that state is appended only if the stream is still empty.
    /// </summary>
    internal async Task PrimeAsync(IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        List<string> missing = [.. streams.Distinct(StringComparer.Ordinal).Where(s => Turn(s).Committed is null)];
        if (missing.Count == 0)
        {
            return;
        }

        var found = (await store.ReadStreamsAsync(missing, cancellationToken: cancellationToken)).ToLookup(e => e.Stream, StringComparer.Ordinal);
        foreach (var stream in missing)
        {
            var turn = Turn(stream);
            turn.Keep(Fold(turn, StreamState.Empty(stream), [.. found[stream]]));
        }
    }

    /// <summary>
    /// A state that is enough to learn facts that never change once they are recorded, for example that a party exists or who publishes a source. The log
    /// is read only if the kept state lacks the fact.
    /// </summary>
    internal async ValueTask<StreamState> KnownAsync(string stream, Func<StreamState, bool> suffices, CancellationToken cancellationToken) =>
        Turn(stream).Committed is { } kept && suffices(kept) ? kept : await CurrentAsync(stream, cancellationToken);

    /// <summary>The state for the decision of the next command on a stream. It may not be committed yet.</summary>
    internal ValueTask<StreamState> NextAsync(string stream, Func<StreamState, bool> suffices, CancellationToken cancellationToken) =>
        Turn(stream).Next.State is { } next && suffices(next) ? new(next) : KnownAsync(stream, suffices, cancellationToken);

    /// <summary>A source with the requested version. If the kept state lacks that version, the log is read again.</summary>
    internal async ValueTask<Source> SourceAsync(string id, int? version, CancellationToken cancellationToken) =>
        ((StreamState.OfSource)await KnownAsync(
            Ids.SourceStream(id),
            s => s is StreamState.OfSource source && source.State.Registered is not null && (version is null || source.State.Versions.ContainsKey(version.Value)),
            cancellationToken)).State;

    private static StreamState Fold(StreamTurn turn, StreamState state, IReadOnlyList<RecordedEvent> events)
    {
        foreach (var e in events)
        {
            state = state.Evolve(e.ToDomain());
            if (Landmarks.Takes(state))
            {
                turn.Past.Pass(state);
            }
        }

        return state;
    }

    /// <summary>A state that was folded before an erasure still holds the erased values, so it must be folded again.</summary>
    private static bool IsErasure(RecordedEvent e) => e.Type == EventTypes.NameOf(typeof(PayloadErased));

    /// <summary>Drops everything that is kept of a stream, because its stored values have changed (an erasure) or are in doubt.</summary>
    internal void Forget(string stream)
    {
        if (_turns.TryGetValue(stream, out var turn))
        {
            Drop(turn);
        }
    }

    private void Drop(StreamTurn turn)
    {
        if (_turns.TryRemove(new(turn.Stream, turn)))
        {
            Interlocked.Decrement(ref _kept);
        }
    }
}
