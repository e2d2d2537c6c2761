using System.Collections.Concurrent;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// The folded states of streams, kept by version: a reader folds only what came since, or since the landmark before a moment of the past.
/// Also hands out the turn in which commands on one stream are decided. Nothing here is truth: an entry may be dropped at any moment.
/// </summary>
internal sealed class StreamStates(EventStore store)
{
    /// <summary>A state of a usual assertion takes a few kilobytes: this bounds the cache near a hundred megabytes.</summary>
    private const int TurnsMax = 20_000;

    /// <summary>What one new stream may cost while the old ones are in use; the next one looks on.</summary>
    private const int LookedAtMax = 16;

    private readonly ConcurrentDictionary<string, StreamTurn> _turns = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StreamTurn> _byAge = new();
    private int _kept;      // how many there are: the dictionary itself takes all of its locks to count

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

    /// <summary>Drops the oldest that are too many. Who was asked for since it was last looked at, or is not idle, is young again.</summary>
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

    /// <summary>The state as the log has it at this moment: the kept one and whatever was appended since, by whichever node.</summary>
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

    /// <summary>The state as it was at a position; what lies before the kept one is folded anew.</summary>
    internal async Task<StreamState> AtAsync(string stream, long position, CancellationToken cancellationToken)
    {
        var turn = Turn(stream);
        var kept = turn.Committed;
        var isKept = kept?.Position <= position;
        var (before, behind) = isKept ? (kept, null) : turn.Past.Around(position);
        var start = before ?? StreamState.Empty(stream);
        // Without a last version the database would look at every later event of the stream, only to see that it was recorded later.
        var end = isKept ? null : behind ?? kept;
        var tail = await store.ReadStreamAsync(stream, start.Version, end?.Version, position, cancellationToken);
        var state = Fold(turn, start, tail);
        if (kept is null || kept.Version < state.Version)
        {
            turn.Keep(state);
        }

        return state;
    }

    /// <summary>Takes a stream that nothing is kept of for one that has not begun: what is decided on that is appended only if it holds.</summary>
    internal void Assume(string stream)
    {
        var turn = Turn(stream);
        if (turn.Committed is null)
        {
            turn.Keep(StreamState.Empty(stream));
        }
    }

    /// <summary>
    /// Keeps the states of streams that will be asked for soon, read by one query. One that has not begun is kept as empty: what is decided
    /// on that is appended only if it still holds.
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

    /// <summary>A state good enough to learn what never changes once it is there (that a party exists, who publishes); read anew where it is missing.</summary>
    internal async ValueTask<StreamState> KnownAsync(string stream, Func<StreamState, bool> suffices, CancellationToken cancellationToken) =>
        Turn(stream).Committed is { } kept && suffices(kept) ? kept : await CurrentAsync(stream, cancellationToken);

    /// <summary>The state that the next command on a stream is decided on, as far as there is one: perhaps still on its way into the log.</summary>
    internal ValueTask<StreamState> NextAsync(string stream, Func<StreamState, bool> suffices, CancellationToken cancellationToken) =>
        Turn(stream).Next.State is { } next && suffices(next) ? new(next) : KnownAsync(stream, suffices, cancellationToken);

    /// <summary>A source as far as it was ever seen to have the version asked for.</summary>
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

    /// <summary>What was folded before an erasure holds the erased values: it is folded again.</summary>
    private static bool IsErasure(RecordedEvent e) => e.Type == EventTypes.NameOf(typeof(PayloadErased));

    /// <summary>Forgets what is kept of a stream, where its stored values changed (an erasure) or are in doubt.</summary>
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
