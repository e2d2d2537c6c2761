using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Formats;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// One import of records in another format. Each record's commands run in the same way as the lines of an import. A command is left out if its thing
/// is there already. A command whose key was used is not recorded again. For a withdrawal, the event that it takes back is looked up first.
/// </summary>
internal sealed class ArchiveRun(HttpContext context, bool isPlan) : IAsyncDisposable
{
    private readonly ImportRun _import = new(context);
    private readonly ArchiveThings _things = new(context);
    private readonly string _principal = context.User.Actor.Principal;
    private readonly List<(ImportLine Line, TaskCompletionSource<ImportResult> Result)> _waiting = [];
    private readonly List<Task> _running = [];
    private readonly HashSet<string> _withdrawing = new(StringComparer.Ordinal);      // assertions of which something is being withdrawn
    private bool _isOtherRunning;       // whether anything but withdrawals was started since the last SettleAsync
    private IReadOnlyDictionary<string, KeyUse> _uses = new Dictionary<string, KeyUse>();

    private EventStore Store => context.RequestServices.GetRequiredService<EventStore>();

    /// <summary>Waits until the index of identifiers has caught up with the log.</summary>
    internal Task CatchUpAsync() => _things.CatchUpAsync();

    /// <summary>Starts a page of records and returns their answers in order.</summary>
    internal async Task<IReadOnlyList<Task<ArchiveAnswer>>> StartAsync(IReadOnlyList<ArchiveRecord> page)
    {
        await _things.TrimAsync(SettleAsync);
        await _things.LookUpAsync(page);
        string[] keys = [.. page.SelectMany(r => r.Commands).Select(c => WriteRequest.NameOf(c.Key)).Distinct(StringComparer.Ordinal)];
        _uses = keys.Length == 0 ? _uses : await Store.FindUsesAsync(_principal, keys, context.RequestAborted);
        var answers = new List<Task<ArchiveAnswer>>(page.Count);
        foreach (var record in page)
        {
            answers.Add(AnswerAsync(record, record.Refusal is null ? await StepsAsync(record) : []));
        }

        await FlushAsync();
        _running.RemoveAll(r => r.IsCompleted);
        return answers;
    }

    public ValueTask DisposeAsync() => _import.DisposeAsync();

    /// <summary>Whether a command was refused because another request recorded its thing meanwhile.</summary>
    internal static bool IsIdTaken(ImportResult result) => result.Problem?["type"] is "/problems/id-taken";

    private async Task<List<Step>> StepsAsync(ArchiveRecord record)
    {
        var ids = _things.Resolve(record);
        var commands = record.Commands.Select(c => ArchiveIds.Replace(c, ids)).ToList();
        ArchiveIds.TakePublisher(commands, _things.PublisherOf);
        var identities = record.Identities.GroupBy(i => ids[i.Key]).ToDictionary(g => g.Key, g => g.First().Value);
        var steps = new List<Step>();
        foreach (var command in commands)
        {
            if (IsLeftOut(command))
            {
                continue;
            }

            if (command.Target is { } target && _withdrawing.Contains(target))
            {
                await SettleAsync();
            }

            var step = command.Withdraws is null && command.WithdrawsOpen is null ? Start(command) : await WithdrawAsync(command);
            steps.Add(step);
            Note(command, step, identities);
        }

        return steps;
    }

    private bool IsLeftOut(ArchiveCommand command) => command.IfAbsent && (command.Command switch
    {
        "captureVersion" => _things.HasVersion(command.Target!),
        _ => ThingOf(command) is var (kind, id) && _things.IsThere(kind, id),
    });

    /// <summary>What a command creates; null where it creates nothing that later commands look for.</summary>
    private static (string Kind, string Id)? ThingOf(ArchiveCommand command) => command.Command switch
    {
        "recordParty" => ("party", (string)command.Body["id"]!),
        "registerSource" => ("source", (string)command.Body["id"]!),
        "recordClaim" => ("assertion", (string)command.Body["id"]!),
        "captureVersion" => ("version", command.Target!),
        _ => null,
    };

    private void Note(ArchiveCommand command, Step step, Dictionary<string, Identity> identities)
    {
        if (ThingOf(command) is not var (kind, id))
        {
            return;
        }

        if (isPlan)
        {
            _things.Plan(kind, id, identities.GetValueOrDefault(id));
        }
        else if (step.Run is { } run)
        {
            _things.Begin(kind, id, run, (string?)command.Body["publisher"], identities.GetValueOrDefault(id));
        }
    }

    /// <summary>
    /// Starts a command after those that it needs. If its key was used before, it does not run: its fingerprint is compared with the recorded one.
    /// </summary>
    private Step Start(ArchiveCommand command)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(command.Body, DomainJson.Stored);
        var line = new ImportLine { Command = command.Command, Target = command.Target, Key = command.Key, Body = body };
        if (_uses.TryGetValue(WriteRequest.NameOf(command.Key), out var use))
        {
            var isSame = CryptographicOperations.FixedTimeEquals(use.Fingerprint, WriteRequest.KeyOf(_principal, command.Key, "POST", line.Path, body).Fingerprint);
            return new(command) { Position = use.LastPosition, Problem = isSame ? null : Changed(command.Key) };
        }

        if (isPlan)
        {
            return new(command) { IsPlanned = true };
        }

        var result = new TaskCompletionSource<ImportResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((line, result));
        _isOtherRunning |= command.Command != "withdrawEvent";
        return new(command) { Run = result.Task };
    }

    /// <summary>
    /// Withdraws what an earlier command recorded, after all commands before it have ended. Later commands on the same assertion wait for it.
    /// Withdrawals that follow one another on different assertions run in parallel.
    /// </summary>
    private async Task<Step> WithdrawAsync(ArchiveCommand command)
    {
        if (isPlan || _uses.ContainsKey(WriteRequest.NameOf(command.Key)))
        {
            return new(command) { IsPlanned = !_uses.TryGetValue(WriteRequest.NameOf(command.Key), out var use), Position = use?.LastPosition };
        }

        var assertion = command.WithdrawsOpen?.Assertion;
        if (_isOtherRunning || assertion is null || _withdrawing.Contains(assertion))
        {
            await SettleAsync();
        }

        if (await FindWithdrawnAsync(command) is not { } withdrawn)
        {
            return new(command) { Problem = new(null, "Nothing stands that it could withdraw: what it takes back was not recorded, or was withdrawn before.") };
        }

        var step = Start(command with { Target = withdrawn.ToString() });
        if (assertion is null)
        {
            await SettleAsync();
        }
        else
        {
            _withdrawing.Add(assertion);
        }

        return step;
    }

    private async Task<Guid?> FindWithdrawnAsync(ArchiveCommand command)
    {
        var answer = command.Withdraws is { } key ? await Store.FindAnswerAsync(_principal, WriteRequest.NameOf(key), context.RequestAborted) : null;
        return answer?.Result.Events is { Count: > 0 } events ? events[^1].Id
            : command.WithdrawsOpen is { } open ? await _things.FindOpenAsync(open.Assertion, open.EventType)
            : null;
    }

    private async Task SettleAsync()
    {
        await FlushAsync();
        await Task.WhenAll(_running).WaitAsync(context.RequestAborted);
        _running.Clear();
        _withdrawing.Clear();
        _isOtherRunning = false;
    }

    /// <summary>Hands the waiting commands to the import.</summary>
    private async Task FlushAsync()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var waiting = _waiting.ToList();
        _waiting.Clear();
        var results = await _import.StartAsync([.. waiting.Select(w => w.Line)]);
        for (var i = 0; i < results.Count; i++)
        {
            _running.Add(HandOnAsync(results[i], waiting[i].Result));
        }
    }

    private static async Task HandOnAsync(Task<ImportResult> run, TaskCompletionSource<ImportResult> result)
    {
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);    // SuppressThrowing works only on a Task without a result.
        result.SetFromTask(run);
    }

    private static async Task<ArchiveAnswer> AnswerAsync(ArchiveRecord record, List<Step> steps)
    {
        var (positions, problems, recorded) = (new List<long>(), new List<Finding>(), new List<string>());
        if (record.Refusal is { } refusal)
        {
            problems.Add(refusal);
        }

        foreach (var step in steps)
        {
            var result = step.Run is null ? null : await step.Run;
            var isTaken = result is not null && step.Command.IfAbsent && IsIdTaken(result);
            if (step.Problem is { } problem)
            {
                problems.Add(problem);
            }
            else if (result is { Problem: { } refused } && !isTaken)
            {
                problems.Add(Finding(refused));
            }
            else if (step.IsPlanned || result is { Status: StatusCodes.Status201Created, Replayed: false })
            {
                recorded.Add(step.Command.Command);
            }

            if ((result?.Position ?? step.Position) is { } position && problems.Count == 0)
            {
                positions.Add(position);
            }
        }

        var status = problems.Count > 0 ? RecordStatus.Refused : recorded.Count > 0 ? RecordStatus.Recorded : RecordStatus.Present;
        return new(record.Number, record.Line, record.Name, status, positions, problems, record.Unclear) { Commands = recorded, Of = record.Total };
    }

    private static Finding Finding(IReadOnlyDictionary<string, object?> problem) =>
        new((problem.GetValueOrDefault("errors") as Dictionary<string, string[]>)?.Keys.FirstOrDefault(), (string?)problem["detail"] ?? (string)problem["title"]!);

    private static Finding Changed(string key) =>
        new(null, $"The record was imported before with other content (key {key}), which stands. Record what changed as a correction or an amendment.");

    /// <summary>What becomes of one command: it runs, it was recorded before, a plan would record it, or it cannot be recorded.</summary>
    private sealed record Step(ArchiveCommand Command)
    {
        public Task<ImportResult>? Run { get; init; }

        public long? Position { get; init; }

        public bool IsPlanned { get; init; }

        public Finding? Problem { get; init; }
    }
}
