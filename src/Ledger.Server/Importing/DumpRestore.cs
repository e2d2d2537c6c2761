using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// Takes the events of another ledger's whole export into an empty one. Ids, order, versions and words stay; the times of recording and the recorder
/// are this ledger's own. Positions stay because events refer to them, so each event must be the very next one. The propagation policy pauses
/// meanwhile, because its own events are in the dump.
/// </summary>
internal sealed class DumpRestore(HttpContext context) : IAsyncDisposable
{
    /// <summary>
    /// While a restore holds this lease, the propagation policy and the server's other own writers append nothing. The dump has their events already,
    /// and nothing may come between its events.
    /// </summary>
    internal const string LeaseName = "restore";

    /// <summary>Longer than the policy takes for a page.</summary>
    private static readonly TimeSpan LeaseWaitMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(50);

    /// <summary>The most folded states that are kept between pages.</summary>
    private const int StatesMax = 5_000;

    private readonly StreamStates _streams = context.RequestServices.GetRequiredService<StreamStates>();
    private readonly ImportDispatch _dispatch = context.RequestServices.GetRequiredService<ImportDispatch>();
    private readonly Dictionary<string, StreamState> _states = new(StringComparer.Ordinal);
    private readonly HashSet<string> _types = [.. EventTypes.All.Keys];
    private readonly List<Line> _lines = [];
    private Lease? _lease;
    private long? _head;
    private bool _begun;
    private bool _broken;

    /// <summary>Completes when every event that was added so far is in the log, or refused.</summary>
    internal Task Sent => _lines is [.., var last] ? last.Result.Task : Task.CompletedTask;

    /// <summary>Whether a line is an event rather than a command: no command has that member, and no text holds it without escapes.</summary>
    internal static bool IsEvent(ReadOnlySpan<byte> line) => line.IndexOf("\"specversion\""u8) >= 0;

    /// <summary>Takes a line. Its result is known after <see cref="SendAsync"/>.</summary>
    internal Task<ImportResult> Add(long number, ReadOnlyMemory<byte> text)
    {
        var line = new Line(number, text);
        _lines.Add(line);
        return line.Result.Task;
    }

    /// <summary>Appends the added events, in their order.</summary>
    internal async Task SendAsync()
    {
        Line[] lines = [.. _lines];
        _lines.Clear();
        if (lines.Length == 0)
        {
            return;
        }

        if (_states.Count > StatesMax)
        {
            _states.Clear();
        }

        var group = new Group();
        foreach (var line in lines)
        {
            try
            {
                await BeginAsync();
                var e = DumpEvent.Parse(line.Text.Span);
                if (!group.Takes(e))
                {
                    await AppendAsync(group);
                }

                RequireNext(e, _head!.Value + group.Events);
                if (e.Position <= _head)
                {
                    line.Result.SetResult(await RepeatedAsync(line.Number, e));
                    continue;
                }

                group.Add(line, e, e.ToAppend(context.User.Actor.Principal, await EvolveAsync(e)));
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
            {
                _broken = true;
                line.Result.TrySetResult(_dispatch.Failed(line.Number, e));
            }
        }

        await AppendAsync(group);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }
    }

    private EventStore Store => context.RequestServices.GetRequiredService<EventStore>();

    private async Task BeginAsync()
    {
        if (_lease is null)
        {
            if (!context.User.May(Scopes.Admin))
            {
                throw new ProblemException(new(403, "scope-missing", "The key may not do this", "Restoring a dump, which speaks for everybody in it, needs the scope admin."));
            }

            var began = TimeProvider.System.GetTimestamp();
            while ((_lease = await Lease.TryAcquireAsync(Store.DataSource, LeaseName, context.RequestAborted)) is null)
            {
                if (TimeProvider.System.GetElapsedTime(began) > LeaseWaitMax)
                {
                    throw Gone("Another dump is being restored.");
                }

                await Task.Delay(LeasePoll, context.RequestAborted);
            }
        }

        _head ??= await Store.HeadAsync(context.RequestAborted);
    }

    /// <summary>Refuses an event that is not the next one. A dump starts at its first event, and no event is taken after one that was refused.</summary>
    private void RequireNext(DumpEvent e, long reached)
    {
        if (_broken || (!_begun && e.Position != 1))
        {
            throw Gone(_broken ? "An earlier event of the dump was not taken." : "A dump begins with #1; what is there already is repeated.");
        }

        _begun = true;
        if (e.Position > _head && e.Position != reached + 1)
        {
            throw Gone($"The dump goes on with #{e.Position}, the ledger stands at #{reached}: a dump is restored whole and in order, into an empty ledger.");
        }
    }

    /// <summary>
    /// Accepts an event that is there already, so that a restore can run again. Refuses it if the ledger has another event at its position.
    /// </summary>
    private async Task<ImportResult> RepeatedAsync(long number, DumpEvent e) =>
        await Store.ReadEventAsync(e.Position, context.RequestAborted) is { } kept && kept.Id == e.Id
            ? new(number, StatusCodes.Status200OK, e.Position, null)
            : throw Gone($"The ledger has another event at #{e.Position}: a dump is restored into an empty ledger.");

    private async Task<StreamState?> EvolveAsync(DumpEvent e)
    {
        if (Ids.OfStream(e.Subject).Type is not ("assertion" or "source" or "party"))
        {
            return null;
        }

        if (!_states.TryGetValue(e.Subject, out var state))
        {
            state = e.Streamversion == 1 ? StreamState.Empty(e.Subject) : await _streams.CurrentAsync(e.Subject, context.RequestAborted);
        }

        // The event is not recorded yet, so its position is the dump's. The time is left out, because tags do not depend on it.
        return _states[e.Subject] = state.Evolve(new(e.Id, e.Subject, e.Streamversion, e.Position, default, context.User.Actor.Principal, e.Onbehalfof, e.Event));
    }

    /// <summary>
    /// Appends a group, on the condition that nothing else was appended meanwhile. Groups go one at a time, so that none overtakes another.
    /// </summary>
    private async Task AppendAsync(Group group)
    {
        if (group.Events == 0)
        {
            return;
        }

        var lines = group.Lines.ToList();
        var request = group.Take(_head!.Value, _types);
        try
        {
            var result = await Store.AppendAsync(request, CancellationToken.None);
            if (result is not AppendResult.Appended { Replayed: false } appended)
            {
                throw Gone("Others recorded something meanwhile: a dump is restored into an empty ledger.");
            }

            _head += lines.Count;
            for (var i = 0; i < lines.Count; i++)
            {
                lines[i].Result.SetResult(new(lines[i].Number, StatusCodes.Status201Created, appended.Events[i].Position, null));
            }
        }
        catch (Exception e)
        {
            _broken = true;
            foreach (var line in lines)
            {
                line.Result.TrySetResult(_dispatch.Failed(line.Number, e));
            }
        }
    }

    private static ProblemException Gone(string detail) => new(new(409, "dump-does-not-fit", "The event does not go on from what is there", detail));

    private sealed record Line(long Number, ReadOnlyMemory<byte> Text)
    {
        public TaskCompletionSource<ImportResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>
    /// Events that go into one append. The events of one stream follow one another. An event of the policy goes alone, under the key that the policy
    /// would use.
    /// </summary>
    private sealed class Group
    {
        /// <summary>Half of what the append engine takes in a batch.</summary>
        private const int EventsMax = 256;

        private readonly List<(DumpEvent Event, NewEvent Append)> _events = [];
        private readonly HashSet<string> _streams = new(StringComparer.Ordinal);

        public List<Line> Lines { get; } = [];

        public int Events => _events.Count;

        public bool Takes(DumpEvent e) => _events is not [.., var (last, _)]
            || (last.Event is not UpstreamChanged && e.Event is not UpstreamChanged && _events.Count < EventsMax && (last.Subject == e.Subject || !_streams.Contains(e.Subject)));

        public void Add(Line line, DumpEvent e, NewEvent append)
        {
            Lines.Add(line);
            _events.Add((e, append));
            _streams.Add(e.Subject);
        }

        public AppendRequest Take(long head, HashSet<string> types)
        {
            types.UnionWith(_events.Select(e => e.Append.Type));
            List<StreamWrite> writes = [.. _events.GroupBy(e => e.Event.Subject)
                .Select(g => new StreamWrite(g.Key, Ids.OfStream(g.Key).Type, g.First().Event.Streamversion - 1, [.. g.Select(e => e.Append)]))];
            var told = _events[0].Event.Event as UpstreamChanged;
            var request = new AppendRequest(writes)
            {
                Condition = new(head, [.. types]),
                Key = told is null ? null : PropagationPolicy.KeyOf(Ids.OfStream(_events[0].Event.Subject).Id, told.Cause),
                CausationId = told?.CauseId,
            };
            Lines.Clear();
            _events.Clear();
            _streams.Clear();
            return request;
        }
    }
}
