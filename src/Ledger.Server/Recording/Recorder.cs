using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// Decides a command and appends its events. It takes the turns of the streams in a fixed order, decides on the state that the previous command left,
/// queues the append, and releases the turns before the commit. A command that lost a race is decided again on the new state.
/// </summary>
internal sealed class Recorder(EventStore store, StreamStates states, LinkGraph graph, TimeProvider clock)
{
    /// <summary>
    /// Each retry reads the state again, so the second attempt nearly always succeeds. If this many attempts fail, the client should learn about the race.
    /// </summary>
    private const int AttemptsMax = 12;

    /// <summary>The answer to a client whose command lost every race.</summary>
    internal static Problem Contended { get; } =
        new(409, "contended", "Others changed the same things at the same time", "Nothing was recorded; read again and send it again.") { RetryAfterS = 1 };

    internal async Task<Answer> RecordAsync(Recording recording, WriteRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var fresh = attempt > 1;
            if (fresh && request.Order?.Before is { } before)
            {
                await before.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            var acyclicAt = await graph.RefuseCyclesAsync(recording.Edges, cancellationToken);
            List<StreamTurn> turns = recording.Streams is [var single]
                ? [states.Turn(single)]
                : [.. recording.Streams.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(states.Turn)];
            var (pending, outcome) = await DecideAsync(recording, request, turns, acyclicAt, fresh, cancellationToken);
            if (outcome is not null)
            {
                return await outcome;
            }

            var result = await pending!;
            if (result is not null)
            {
                return result;
            }
        }

        throw new ProblemException(Contended);
    }

    /// <summary>
    /// Decides while it holds the turns. Either the outcome is final: an answer without an append, or a refusal that is thrown. Or an append is pending,
    /// and its result is null if the command must be decided again.
    /// </summary>
    private async Task<(Task<Answer?>? Pending, Task<Answer>? Outcome)> DecideAsync(
        Recording recording, WriteRequest request, List<StreamTurn> turns, long? acyclicAt, bool fresh, CancellationToken cancellationToken)
    {
        List<Task> awaited;
        var taken = 0;
        try
        {
            for (; taken < turns.Count; taken++)
            {
                await turns[taken].Gate.WaitAsync(cancellationToken);
            }

            var current = new Dictionary<string, StreamState>(turns.Count, StringComparer.Ordinal);
            var follows = new Guid?[turns.Count];       // per turn: the last event of a state that is ahead of the log, else null
            for (var i = 0; i < turns.Count; i++)
            {
                var next = turns[i].Next;
                var isKept = next.State is not null && !(fresh && next.Follows is null);
                current[turns[i].Stream] = isKept ? next.State! : await FromLogAsync(turns[i]);
                follows[i] = isKept ? next.Follows : null;
                if (!fresh && request.Order?.MayFollow(turns[i], next.Falls) == false)
                {
                    return (Task.FromResult<Answer?>(null), null);      // It is decided again when the previous request is settled.
                }
            }

            var ruling = Rule(recording, request, current);
            if (IsToBeAppended(ruling, out var accepted))
            {
                return (Append(recording, request, turns, current, follows, accepted, acyclicAt), null);
            }

            // A refusal or "nothing to record" must rest on the state in the log. A kept state is not enough: another node may have appended since, or the
            // state is ahead of the log and its append may still fail.
            awaited = [.. turns.Select(t => t.Pending).OfType<Task>()];
            if (fresh)
            {
                for (var i = 0; i < turns.Count; i++)
                {
                    if (follows[i] is not null)
                    {
                        current[turns[i].Stream] = await FromLogAsync(turns[i]);
                    }
                }

                ruling = Rule(recording, request, current);
                if (!IsToBeAppended(ruling, out _))
                {
                    return (null, SettledAsync(recording, request, ruling, current[recording.Streams[^1]], cancellationToken));
                }
            }
        }
        finally
        {
            foreach (var turn in turns.Take(taken))
            {
                turn.Gate.Release();
            }
        }

        await Task.WhenAll(awaited).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return (Task.FromResult<Answer?>(null), null);

        Task<StreamState> FromLogAsync(StreamTurn turn) => states.CurrentAsync(turn.Stream, cancellationToken);
    }

    private static Ruling Rule(Recording recording, WriteRequest request, Dictionary<string, StreamState> current)
    {
        var primary = current[recording.Streams[^1]];
        return request.IfMatch is { } expected && expected != primary.Version
            ? new Ruling.Refused(new(412, "stale", "The version is not the current one",
                $"{recording.Streams[^1]} is at version {primary.Version}, not {expected}; read it again and decide anew."))
            : recording.Decide(current);
    }

    private static bool IsToBeAppended(Ruling ruling, [NotNullWhen(true)] out Ruling.Accepted? accepted)
    {
        accepted = ruling as Ruling.Accepted;
        return accepted is not null && accepted.Writes.Any(w => w.Events.Count > 0);
    }

    private async Task<Answer> SettledAsync(Recording recording, WriteRequest request, Ruling ruling, StreamState primary, CancellationToken cancellationToken)
    {
        // Under a key the first answer stays valid, even if the repeated command does not fit the state that the first one left.
        if (request.Key is { } key && await store.FindAnswerAsync(key.Principal, key.Key, cancellationToken) is { } remembered)
        {
            return request.Replay(remembered);
        }

        if (ruling is Ruling.Refused refused)
        {
            throw new ProblemException(refused.Problem);
        }

        var answer = new Answer
        {
            Id = recording.Id, Stream = recording.Streams[^1], Version = primary.Version, Position = primary.Position,
            RecordedAt = RecordedAt(primary), SourceVersion = CapturedVersion(primary), Events = [], Location = recording.Location,
        };
        if (request.Key is null)
        {
            return answer;
        }

        var part = new RememberedPart(recording.Id, recording.Location, null, answer).ToJson();
        return await store.AppendAsync(new([]) { Key = request.Key, Answer = part }, CancellationToken.None) switch
        {
            AppendResult.Appended appended => RememberedPart.Again(appended),
            AppendResult.KeyReused => throw WriteRequest.KeyReused(),
            _ => throw new UnreachableException(),
        };
    }

    private Task<Answer?> Append(
        Recording recording, WriteRequest request, List<StreamTurn> turns, Dictionary<string, StreamState> current, Guid?[] follows,
        Ruling.Accepted accepted, long? acyclicAt)
    {
        var now = clock.GetUtcNow();
        var writes = new List<StreamWrite>();
        var drafts = new List<Recorded>();
        var touched = new List<StreamTurn>();
        int? sourceVersion = null;
        var falls = 0L;
        foreach (var (stream, events) in accepted.Writes)
        {
            if (events.Count == 0)
            {
                continue;
            }

            var at = turns.FindIndex(t => t.Stream == stream);
            var state = current[stream];
            var expected = state.Version;
            var written = new List<NewEvent>(events.Count);
            foreach (var (id, e) in events)
            {
                var draft = new Recorded(id, stream, state.Version + 1, 0, now, request.Actor.Principal, recording.OnBehalfOf, e);
                drafts.Add(draft);
                state = state.Evolve(draft);
                sourceVersion = (e as VersionCaptured)?.Version ?? sourceVersion;
                written.Add(new(id, EventTypes.NameOf(e), EventTypes.SerializeToUtf8(e), new()
                {
                    RecordedBy = request.Actor.Principal,
                    OnBehalfOf = recording.OnBehalfOf,
                    Tags = EventTags.Of(state, e),
                    TraceParent = Activity.Current?.Id,
                }));
            }

            writes.Add(new(stream, Ids.OfStream(stream).Type, expected, written) { Follows = follows[at] });
            touched.Add(turns[at]);
            falls = turns[at].Ahead(state, written[^1].Id);
        }

        // A stream that was only read is part of the append without events. So the append fails if that stream has changed since the decision.
        for (var i = 0; i < turns.Count; i++)
        {
            if (!touched.Contains(turns[i]))
            {
                var stream = turns[i].Stream;
                writes.Add(new(stream, Ids.OfStream(stream).Type, current[stream].Version, []) { Follows = follows[i] });
            }
        }

        var part = new RememberedPart(recording.Id, recording.Location, sourceVersion, null);
        var append = store.AppendAsync(new(writes)
        {
            Key = request.Key,
            Answer = part.ToJson(),
            Condition = acyclicAt is { } position ? new(position, LinkGraph.EdgeTypes) : null,
        }, CancellationToken.None);
        request.Order?.NoteQueued(touched is [var only] ? only : null, falls);
        var landed = LandAsync(append, part, touched, drafts);
        foreach (var turn in touched)
        {
            turn.Pending = landed;
        }

        return landed;
    }

    /// <summary>Waits for the commit. Null means that the command must be decided again.</summary>
    private static async Task<Answer?> LandAsync(
        Task<AppendResult> append, RememberedPart part, List<StreamTurn> turns, List<Recorded> drafts)
    {
        AppendResult result;
        try
        {
            result = await append;
        }
        catch
        {
            Lose(turns);
            throw;
        }

        switch (result)
        {
            case AppendResult.Appended { Replayed: false } appended:
                var landed = new Recorded[drafts.Count];
                for (var i = 0; i < landed.Length; i++)
                {
                    landed[i] = drafts[i] with { Position = appended.Events[i].Position, RecordedAt = appended.Events[i].RecordedAt };
                }

                foreach (var turn in turns)
                {
                    turn.Landed(turns.Count == 1 ? landed : landed.Where(e => e.Stream == turn.Stream));
                }

                return part.Answer(appended);
            case AppendResult.Appended replayed:
                Lose(turns);
                return RememberedPart.Again(replayed);
            case AppendResult.KeyReused:
                Lose(turns);
                throw WriteRequest.KeyReused();
            default:
                Lose(turns);
                return null;
        }
    }

    private static void Lose(List<StreamTurn> turns)
    {
        foreach (var turn in turns)
        {
            turn.Lost();
        }
    }

    private static DateTimeOffset RecordedAt(StreamState state) => state switch
    {
        StreamState.OfAssertion assertion => assertion.State.RecordedAt,
        StreamState.OfSource source => source.State.ChangedAt,
        StreamState.OfParty party => party.State.ChangedAt,
        _ => throw new UnreachableException(),
    };

    private static int? CapturedVersion(StreamState state) =>
        state is StreamState.OfSource { State.Versions: { IsEmpty: false } versions } ? versions.Keys.Last() : null;
}
