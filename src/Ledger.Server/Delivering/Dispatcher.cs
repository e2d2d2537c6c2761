using System.Collections.Concurrent;
using System.Threading.Channels;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Serves one subscription for as long as this node holds its lease. It reads the log, hands the events of each assertion over in order, and stores
/// its cursor. An event that was handed over but not yet stored is handed over again, under the same id.
/// </summary>
internal sealed class Dispatcher(
    Subscription subscription, MemberLease lease, DeliveryHandover handover, EventReader reader, Interest interest, DeliveryLanes lanes,
    WithheldRelease release, Hastening hastening, SubscriberSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>The most attempts under way at once, each for another assertion.</summary>
    internal const int InFlightMax = 32;

    /// <summary>The most events that wait in memory; the rest of the backlog stays in the log.</summary>
    private const int WindowEvents = 1_000;
    private const int BatchEvents = 256;

    /// <summary>The most assertions in memory, including the blocked ones.</summary>
    private const int LanesMax = 10_000;
    private const int LaneLoadEvents = 50;

    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ControlInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long attempts under way may take when the dispatcher ends: less than another node takes to notice.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForgetIntervalMax = TimeSpan.FromMinutes(10);

    private readonly DeliveryBook _book = new(subscription.Id, lease);
    private readonly Circuit _circuit = new(settings.CircuitPause);
    private readonly ConcurrentQueue<(DeliveryLane Lane, DeliveryAttempt Attempt, DeliveryOutcome Outcome)> _ended = new();
    private readonly Channel<(IReadOnlyList<PublishedEvent> Events, long Position)> _read =
        Channel.CreateBounded<(IReadOnlyList<PublishedEvent>, long)>(1);
    private readonly SemaphoreSlim _wake = new(0);

    private readonly CancellationTokenSource _cut = new();
    private readonly TimeSpan _forgetInterval = settings.HistoryKept < ForgetIntervalMax ? settings.HistoryKept : ForgetIntervalMax;

    private int _inFlight;
    private long _storedPosition = subscription.Position;
    private DateTimeOffset _storedAt;
    private DateTimeOffset _forgotAt = clock.GetUtcNow();
    private DateTimeOffset? _succeededAt;
    private DateTimeOffset? _failedAt;
    private string? _error;
    private bool _gone;
    private Task<bool> _storing = Task.FromResult(true);

    /// <summary>Runs until it is cancelled, or until a write shows that somebody changed the subscription or that the lease was lost.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lanes.Restore(await _book.HeadsAsync(LanesMax + WindowEvents + BatchEvents, cancellationToken), await _book.AheadAsync(cancellationToken), clock.GetUtcNow());
        var pump = PumpAsync(ending.Token);
        try
        {
            while (!pump.IsCompleted && await StepAsync(ending.Token))
            {
                await _wake.WaitAsync(Patience(), ending.Token);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await EndAsync();
        }

        if (pump.IsFaulted)
        {
            await pump;
        }
    }

    public void Dispose()
    {
        _cut.Dispose();
        _wake.Dispose();
    }

    /// <summary>One turn of the loop; false when it is over.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        while (_ended.TryDequeue(out var ended))
        {
            Settle(ended.Lane, ended.Attempt, ended.Outcome);
        }

        while (lanes.Waiting < WindowEvents && lanes.Count < LanesMax && _read.Reader.TryRead(out var batch))
        {
            lanes.Add(batch.Events, batch.Position);
            release.LookSoon();
        }

        await release.LookAsync(clock.GetUtcNow(), cancellationToken);
        if (MayStart())
        {
            await LoadDueAsync(cancellationToken);
            Start();
        }

        if (_storing.IsCompleted)
        {
            if (!await _storing)
            {
                return false;
            }

            var now = clock.GetUtcNow();
            if (lanes.Waiting >= WindowEvents)
            {
                await hastening.LookAsync(now, cancellationToken);
            }

            if (_gone || (lanes.HasRows && now - _storedAt >= StoreInterval) || (HasNews(now) && now - _storedAt >= ControlInterval))
            {
                _storing = StoreAsync(now, CancellationToken.None);
            }
        }

        return !_gone || await _storing;
    }

    /// <summary>Whether there is something to store besides deliveries.</summary>
    private bool HasNews(DateTimeOffset now) =>
        lanes.Settled > _storedPosition || _succeededAt is not null || _failedAt is not null || now - _forgotAt > _forgetInterval;

    private bool MayStart() => _circuit.OpenUntil is not { } until || (clock.GetUtcNow() >= until && _inFlight == 0);

    private TimeSpan Patience()
    {
        var now = clock.GetUtcNow();
        var wait = lanes.HasRows ? StoreInterval : ControlInterval;
        if (_circuit.OpenUntil is null && lanes.NextDue is { } due && due - now < wait)
        {
            wait = due - now;
        }

        return wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1);
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = reader.Position;
            var events = await interest.SelectAsync(await reader.NextAsync(BatchEvents, ReadPatience, cancellationToken), e => e.Recorded, cancellationToken);
            if (reader.Position > before)
            {
                await _read.Writer.WriteAsync((events, reader.Position), cancellationToken);
                _wake.Release();
            }
        }
    }

    private void Start()
    {
        var max = _circuit.OpenUntil is null ? InFlightMax : 1;
        foreach (var lane in lanes.Start(max - _inFlight, release.Restricted))
        {
            _inFlight++;
            _ = AttemptAsync(lane, lane.Turns.Peek(), _cut.Token);
        }
    }

    private async Task AttemptAsync(DeliveryLane lane, DeliveryTurn turn, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        DeliveryOutcome outcome;
        try
        {
            outcome = await handover.DeliverAsync(turn, reader.NewestErasure, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException or NpgsqlException or TimeoutException or IOException)
        {
            outcome = new() { Error = "interrupted", Away = true };
        }

        _ended.Enqueue((lane, new(at, (long)clock.GetElapsedTime(started).TotalMilliseconds, outcome.Status, outcome.Error), outcome));
        _wake.Release();
    }

    private void Settle(DeliveryLane lane, DeliveryAttempt attempt, DeliveryOutcome outcome)
    {
        _inFlight--;
        var now = clock.GetUtcNow();
        SubscriberTelemetry.RecordAttempt(subscription.Id, outcome, attempt.DurationMs);
        if (outcome.Succeeded)
        {
            _succeededAt = now;
            lanes.Succeed(lane, attempt, now);
            if (_circuit.Succeed())
            {
                lanes.Release(now);
            }

            return;
        }

        if (outcome.Withheld is { } withheld)
        {
            // If a restriction has ended since then, the delivery is checked again at once.
            lanes.Withhold(lane, attempt, withheld, release.Restricted.FirstEnd(withheld.Position, long.MaxValue) is null ? null : now);
            return;
        }

        (_failedAt, _error, _gone) = (now, outcome.Error, _gone || outcome.Gone);
        _circuit.Fail(lane.Stream, now, outcome.Away);

        if (outcome.Away)
        {
            lanes.PutBack(lane);
        }
        else
        {
            lanes.Fail(lane, attempt, outcome.RetryAfter, now);
        }
    }

    private async Task LoadDueAsync(CancellationToken cancellationToken)
    {
        while (_inFlight < InFlightMax && lanes.TakeDue(clock.GetUtcNow()) is { } lane)
        {
            // Deliveries that are only in memory belong to the lane too, so they are stored first. The connection does one thing at a time.
            await _storing;
            await StoreAsync(clock.GetUtcNow(), cancellationToken);
            lanes.Fill(lane, await _book.OpenAsync(lane.Stream, LaneLoadEvents, cancellationToken), clock.GetUtcNow());
        }
    }

    /// <summary>Stores what is settled; false when the dispatcher must start again or end.</summary>
    private async Task<bool> StoreAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (rows, parkedBehind) = lanes.Collect();
        var entry = new BookEntry
        {
            Position = lanes.Settled,
            Deliveries = rows,
            ParkedBehind = parkedBehind,
            SucceededAt = _succeededAt,
            FailedAt = _failedAt,
            Error = _error,
            Disable = _gone,
        };
        (_succeededAt, _failedAt, _error) = (null, null, null);
        (_storedAt, _storedPosition) = (now, entry.Position);
        var found = await _book.WriteAsync(entry, cancellationToken);
        if (now - _forgotAt > _forgetInterval)
        {
            _forgotAt = now;
            await _book.ForgetAsync(now - settings.HistoryKept, cancellationToken);
        }

        return found is { State: Subscription.Active } current && current.Revision == subscription.Revision;
    }

    /// <summary>Waits a bounded time for the attempts under way, and stores their outcomes.</summary>
    private async Task EndAsync()
    {
        _cut.CancelAfter(EndTimeout);
        while (_inFlight > 0)
        {
            await _wake.WaitAsync(StoreInterval, CancellationToken.None);
            while (_ended.TryDequeue(out var ended))
            {
                Settle(ended.Lane, ended.Attempt, ended.Outcome);
            }
        }

        // The write under way must end before the lease is given back.
        await ((Task)_storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lease.IsKnownLost)
        {
            await StoreAsync(clock.GetUtcNow(), CancellationToken.None);
        }
    }
}
