using System.Collections.Concurrent;
using System.Threading.Channels;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Serves one subscription for as long as this node holds its lease: reads the log, hands events over in the order of their assertions, and
/// stores how far it came. What was handed over but not yet stored is handed over again, under the same id.
/// </summary>
internal sealed class Dispatcher(
    Subscription subscription, Lease lease, DeliveryHandover handover, EventReader reader, Interest interest, EventStore store,
    Restrictions restrictions, LedgerIdentity identity, SubscriberSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>Attempts under way at once, each of another assertion.</summary>
    internal const int InFlightMax = 32;

    /// <summary>Events that wait in memory; the log holds the others.</summary>
    private const int WindowEvents = 1_000;
    private const int BatchEvents = 256;

    /// <summary>Blocked assertions that are known at once, and events handed out before their turn.</summary>
    private const int LanesMax = 10_000;
    private const int AheadMax = 1_000;
    private const int LaneLoadEvents = 50;

    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ControlInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HastenInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long attempts under way may take when the dispatcher ends: less than another node takes to notice.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForgetIntervalMax = TimeSpan.FromMinutes(10);

    private readonly DeliveryBook _book = new(subscription.Id, lease.Connection);
    private readonly DeliveryLanes _lanes = new(settings.RetrySchedule, subscription.Position);
    private readonly Circuit _circuit = new(settings.CircuitPause);
    private readonly ConcurrentQueue<(DeliveryLane Lane, DeliveryAttempt Attempt, DeliveryOutcome Outcome)> _ended = new();
    private readonly Channel<(IReadOnlyList<PublishedEvent> Events, long Position)> _read =
        Channel.CreateBounded<(IReadOnlyList<PublishedEvent>, long)>(1);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly FeedFilter? _urgent = UrgentEvents.Of(interest.Read);

    private readonly CancellationTokenSource _cut = new();
    private readonly TimeSpan _forgetInterval = settings.HistoryKept < ForgetIntervalMax ? settings.HistoryKept : ForgetIntervalMax;

    private int _inFlight;
    private long _urgentTo = subscription.Position;
    private DateTimeOffset _storedAt;
    private DateTimeOffset _forgotAt = clock.GetUtcNow();
    private DateTimeOffset _hastenedAt;
    private DateTimeOffset? _succeededAt;
    private DateTimeOffset? _failedAt;
    private string? _error;
    private bool _gone;
    private Task<bool> _storing = Task.FromResult(true);
    private RestrictedNow _restricted = RestrictedNow.Nothing;
    private DateTimeOffset _lookedAt;

    /// <summary>Ends when the subscription was changed by hand, when the lease is lost, or when cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _lanes.Restore(await _book.HeadsAsync(LanesMax + WindowEvents + BatchEvents, cancellationToken), await _book.AheadAsync(cancellationToken), clock.GetUtcNow());
        var pump = PumpAsync(ending.Token);
        try
        {
            while (!pump.IsCompleted && await StepAsync(ending.Token))
            {
                await _wake.WaitAsync(Patience(), ending.Token);
            }
        }
        catch (InvalidOperationException e) when (lease.IsKnownLost)
        {
            throw new StoreUnavailableException("The lease of the subscription was lost.", outcomeKnown: false, e);
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

        while (_lanes.Waiting < WindowEvents && _lanes.Count < LanesMax && _read.Reader.TryRead(out var batch))
        {
            _lanes.Add(batch.Events, batch.Position);
            _lookedAt = default;        // An end of a restriction may be among them.
        }

        await ReleaseWithheldAsync(cancellationToken);
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

            await HastenAsync(cancellationToken);
            var now = clock.GetUtcNow();
            if (_gone || now - _storedAt >= ControlInterval || (_lanes.HasRows && now - _storedAt >= StoreInterval))
            {
                _storing = StoreAsync(now, CancellationToken.None);
            }
        }

        return !_gone || await _storing;
    }

    private bool MayStart() => _circuit.OpenUntil is not { } until || (clock.GetUtcNow() >= until && _inFlight == 0);

    private TimeSpan Patience()
    {
        var now = clock.GetUtcNow();
        var wait = _lanes.HasRows ? StoreInterval : ControlInterval;
        if (_circuit.OpenUntil is null && _lanes.NextDue is { } due && due - now < wait)
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
        foreach (var lane in _lanes.Start(max - _inFlight, _restricted))
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

    /// <summary>Where something is withheld, looks whether a restriction has ended since.</summary>
    private async Task ReleaseWithheldAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _lookedAt < LookInterval || !_lanes.HasWithheld)
        {
            return;
        }

        var before = _restricted.Position;
        (_restricted, _lookedAt) = (await restrictions.InLogAsync(cancellationToken), now);
        if (_restricted.FirstEnd(before, long.MaxValue) is not null)
        {
            _lanes.ReleaseWithheld(now);
        }
    }

    private void Settle(DeliveryLane lane, DeliveryAttempt attempt, DeliveryOutcome outcome)
    {
        _inFlight--;
        var now = clock.GetUtcNow();
        SubscriberTelemetry.RecordAttempt(subscription.Id, outcome, attempt.DurationMs);
        if (outcome.Succeeded)
        {
            _succeededAt = now;
            _lanes.Succeed(lane, attempt, now);
            if (_circuit.Succeed())
            {
                _lanes.Release(now);
            }

            return;
        }

        if (outcome.Withheld is { } withheld)
        {
            // Where a restriction has ended since it was looked at, there is something to look at again.
            _lanes.Withhold(lane, attempt, withheld, _restricted.FirstEnd(withheld.Position, long.MaxValue) is null ? null : now);
            return;
        }

        (_failedAt, _error, _gone) = (now, outcome.Error, _gone || outcome.Gone);
        _circuit.Fail(lane.Stream, now, outcome.Away);

        if (outcome.Away)
        {
            _lanes.PutBack(lane);
        }
        else
        {
            _lanes.Fail(lane, attempt, outcome.RetryAfter, now);
        }
    }

    private async Task LoadDueAsync(CancellationToken cancellationToken)
    {
        while (_inFlight < InFlightMax && _lanes.TakeDue(clock.GetUtcNow()) is { } lane)
        {
            // What is only in memory yet belongs to the lane too, and the connection does one thing at a time.
            await _storing;
            await StoreAsync(clock.GetUtcNow(), cancellationToken);
            _lanes.Fill(lane, await _book.OpenAsync(lane.Stream, LaneLoadEvents, cancellationToken), clock.GetUtcNow());
        }
    }

    /// <summary>Looks past a backlog for what is urgent, and takes it with the earlier events of its own stream.</summary>
    private async Task HastenAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_urgent is null || _lanes.Waiting < WindowEvents || _lanes.AheadCount >= AheadMax || now - _hastenedAt < HastenInterval)
        {
            return;
        }

        _hastenedAt = now;
        _urgentTo = Math.Max(_urgentTo, _lanes.ReadTo);
        var page = await store.ReadFeedAsync(_urgentTo, AheadMax - _lanes.AheadCount, _urgent, cancellationToken);
        foreach (var stream in (await interest.SelectAsync(page.Events, e => e, cancellationToken)).GroupBy(e => e.Stream))
        {
            var last = stream.Max(e => e.Position);
            var earlier = await store.ReadStreamAsync(stream.Key, toPosition: last, cancellationToken: cancellationToken);
            foreach (var e in await interest.SelectAsync([.. earlier.Where(e => e.Position > _lanes.ReadTo)], e => e, cancellationToken))
            {
                _lanes.AddAhead(PublishedEvent.Of(e, identity.Uri));
            }
        }

        _urgentTo = page.Next;
    }

    /// <summary>Stores what is settled; false when the dispatcher must start anew or end.</summary>
    private async Task<bool> StoreAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (rows, parkedBehind) = _lanes.Collect();
        var entry = new BookEntry
        {
            Position = _lanes.Settled,
            Deliveries = rows,
            ParkedBehind = parkedBehind,
            SucceededAt = _succeededAt,
            FailedAt = _failedAt,
            Error = _error,
            Disable = _gone,
        };
        (_succeededAt, _failedAt, _error) = (null, null, null);
        _storedAt = now;
        var found = await _book.WriteAsync(entry, cancellationToken);
        if (now - _forgotAt > _forgetInterval)
        {
            _forgotAt = now;
            await _book.ForgetAsync(now - settings.HistoryKept, cancellationToken);
        }

        return found is { State: Subscription.Active } current && current.Revision == subscription.Revision;
    }

    /// <summary>Waits, bounded, for the attempts under way and stores what became of them.</summary>
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

        // A connection on which something is still being stored could not give the lease back.
        await ((Task)_storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lease.IsKnownLost)
        {
            await StoreAsync(clock.GetUtcNow(), CancellationToken.None);
        }
    }
}
