using System.Collections.Frozen;
using System.Text.Unicode;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// One import under way. It decides which lines must wait for which, and reads what a page of lines will need by two queries instead of several for
/// each line.
/// </summary>
internal sealed class ImportRun(HttpContext context) : IAsyncDisposable
{
    /// <summary>Above this number of entries, those of finished lines are dropped.</summary>
    private const int WrittenMax = 2_048;

    private readonly ImportDispatch _dispatch = context.RequestServices.GetRequiredService<ImportDispatch>();
    private readonly StreamStates _states = context.RequestServices.GetRequiredService<StreamStates>();
    private readonly string _principal = context.User.Actor.Principal;
    private readonly DumpRestore _restore = new(context);
    private readonly LineContexts _contexts = new(context);
    private readonly Dictionary<string, RequestOrder> _last = new(StringComparer.Ordinal);
    private readonly List<Task> _addingEdges = [];
    private readonly List<Task> _before = [];       // what the current line waits for
    private Task _checkingEdges = Task.CompletedTask;
    private volatile bool _repeats = true;      // whether to expect keys that were used before

    /// <summary>Looks at a result. After a replayed answer, the keys of later lines are looked up again.</summary>
    internal void NoteRepeat(ImportResult result) => _repeats |= result.Replayed;

    /// <summary>Starts a page of lines, as far as each may start; gives their results in order.</summary>
    internal Task<IReadOnlyList<Task<ImportResult>>> StartAsync(IReadOnlyList<NumberedLine> page) => StartAsync([.. page.Select(Parse)]);

    /// <summary>The same for commands that were made here instead of read from lines. Their results are numbered from 1 to n.</summary>
    internal Task<IReadOnlyList<Task<ImportResult>>> StartAsync(IReadOnlyList<ImportLine> lines) =>
        StartAsync([.. lines.Select((line, i) => new Read(i + 1) { Line = line, Mentions = ImportMentions.Of(line) })]);

    private async Task<IReadOnlyList<Task<ImportResult>>> StartAsync(List<Read> lines)
    {
        var taken = await LookUpAsync(lines);
        if (_last.Count > WrittenMax)
        {
            foreach (var done in _last.Where(l => l.Value.Settled.IsCompleted).Select(l => l.Key).ToList())
            {
                _last.Remove(done);
            }
        }

        _addingEdges.RemoveAll(t => t.IsCompleted);
        var results = new List<Task<ImportResult>>(lines.Count);
        foreach (var read in lines)
        {
            results.Add(read switch
            {
                { Failure: { } failure } => Task.FromResult(failure),
                { Event: { } text } => _restore.Add(read.Number, text),
                { Line: { } line, Mentions: { } mentions } => Start(read.Number, line, mentions, line.Key is { } key && taken is not null && !taken.Contains(WriteRequest.NameOf(key))),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }

        await _restore.SendAsync();
        return results;
    }

    public ValueTask DisposeAsync() => _restore.DisposeAsync();

    private Read Parse(NumberedLine numbered)
    {
        try
        {
            if (numbered.Text is not { } text)
            {
                throw new ProblemException(new(413, "too-large", "The line is too large", "A command has at most 1 MB."));
            }

            if (!Utf8.IsValid(text.Span))
            {
                throw new ProblemException(Problem.BadRequest("invalid-json", "The line is not UTF-8.", "line"));
            }

            if (DumpRestore.IsEvent(text.Span))
            {
                return new(numbered.Number) { Event = text };
            }

            var line = ImportLine.Parse(text);
            _ = line.Path;
            return new(numbered.Number) { Line = line, Mentions = ImportMentions.Of(line) };
        }
        catch (ProblemException e)
        {
            return new(numbered.Number) { Failure = _dispatch.Failed(numbered.Number, e) };
        }
    }

    /// <summary>
    /// Reads the streams that the lines need, and which of their keys were used before. Once a page has no used key, as in an import that nobody
    /// began before, keys are no longer looked up here. From then on, a key is checked only by the append, and when its command is refused. Null
    /// while the database is unavailable: each line then finds that out for itself, and says so.
    /// </summary>
    private async Task<IReadOnlySet<string>?> LookUpAsync(List<Read> lines)
    {
        try
        {
            foreach (var line in lines)
            {
                if (line.Mentions?.Begins is { } stream)
                {
                    _states.Assume(stream);
                }
            }

            await _states.PrimeAsync(lines.Where(l => l.Mentions is not null).SelectMany(l => l.Mentions!.Streams), context.RequestAborted);
            if (!_repeats)
            {
                return FrozenSet<string>.Empty;
            }

            string[] keys = [.. lines.Select(l => l.Line?.Key).OfType<string>().Select(WriteRequest.NameOf)];
            var used = await context.RequestServices.GetRequiredService<EventStore>().FindKeysAsync(_principal, keys, context.RequestAborted);
            _repeats = used.Count > 0;
            return used;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private Task<ImportResult> Start(long number, ImportLine line, ImportMentions mentions, bool keyIsFree)
    {
        var before = _before;
        before.Clear();
        RequestOrder? same = null;       // an earlier line that writes to the same target; this line need not wait for its commit
        foreach (var id in mentions.Ids)
        {
            if (_last.TryGetValue(id, out var earlier) && id == line.Target && line.IsOnTargetAlone && !earlier.Settled.IsCompleted)
            {
                same = earlier;
            }
            else
            {
                WaitFor(earlier?.Settled);
            }
        }

        WaitFor(_restore.Sent);
        var (adds, checks) = EdgesOf(line, mentions);
        if (adds)
        {
            WaitFor(_checkingEdges);
        }

        if (checks)
        {
            foreach (var adding in _addingEdges)
            {
                WaitFor(adding);
            }
        }

        var order = new RequestOrder(same);
        var run = before.Count == 0 && same is null ? RunAsync() : AfterAsync([.. before], same, order, RunAsync);
        order.Settled = run;
        if (adds)
        {
            _addingEdges.Add(run);
        }

        if (checks)
        {
            _checkingEdges = run;
        }

        foreach (var written in mentions.Written)
        {
            _last[written] = order;
        }

        return run;

        Task<ImportResult> RunAsync() => _dispatch.RunAsync(number, line, _contexts, keyIsFree, order);

        void WaitFor(Task? earlier)
        {
            if (earlier is { IsCompleted: false })
            {
                before.Add(earlier);
            }
        }
    }

    /// <summary>
    /// Whether a line adds edges of derivation, and whether it must be checked for a cycle. A checked line fails when an edge is added at the same
    /// time, so it runs alone among the lines that add edges.
    /// </summary>
    private static (bool Adds, bool Checks) EdgesOf(ImportLine line, ImportMentions mentions) => line.Command switch
    {
        "linkAssertion" or "linkSource" => (true, true),
        "captureVersion" => (true, mentions.HasLinks),
        "recordClaim" => (mentions.HasLinks, false),
        "recordRetelling" => (true, false),
        _ => (false, false),
    };

    private static async Task<ImportResult> AfterAsync(Task[] before, RequestOrder? same, RequestOrder order, Func<Task<ImportResult>> run)
    {
        // The answers of the earlier lines say what became of them. This line finds out by itself what it lacks.
        await Task.WhenAll(before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (same is null)
        {
            return await run();
        }

        await Task.WhenAny(same.Queued, same.Settled);
        var isEarly = !same.Settled.IsCompleted;
        var result = await run();
        if (isEarly && result.Status >= StatusCodes.Status400BadRequest)
        {
            // It may have lacked what the earlier line had not recorded yet, so it runs again.
            await same.Settled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            result = await run();
        }

        order.Release();
        return result;
    }

    /// <summary>What a line turned out to be: a command, an event of a dump, or neither.</summary>
    private sealed record Read(long Number)
    {
        public ImportLine? Line { get; init; }

        public ImportMentions? Mentions { get; init; }

        public ReadOnlyMemory<byte>? Event { get; init; }

        public ImportResult? Failure { get; init; }
    }
}
