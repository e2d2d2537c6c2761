using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// The newest events of the log, in a ring. Each node reads and serialises them once for all its followers, which copy from the ring at their own
/// pace. The tail reads only while somebody follows.
/// </summary>
internal sealed partial class EventTail(
    EventStore store, LedgerIdentity identity, Restrictions restrictions, TimeProvider clock, ILogger<EventTail> logger) : BackgroundService
{
    /// <summary>The most events that the ring holds: seconds of a busy ledger, enough for a reader to join from a page of the store.</summary>
    private const int EventsMax = 4_096;

    /// <summary>The most bytes that the ring holds, so that events of the greatest size cannot make it grow without end.</summary>
    private const long BytesMax = 32L << 20;

    private const int PageEvents = 500;

    private static readonly string ErasureType = EventTypes.NameOf(typeof(PayloadErased));
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly PublishedEvent?[] _ring = new PublishedEvent?[EventsMax];
    private readonly SemaphoreSlim _wanted = new(0);
    private TaskCompletionSource _grown = New();
    private long _first = 1;
    private long _last;
    private long _bytes;
    private int _followers;
    private bool _running;
    private long _newestErasure;

    /// <summary>What is hidden from the public at the position of the ring's last event.</summary>
    internal RestrictedNow Restricted { get; private set; } = RestrictedNow.Nothing;

    /// <summary>The position of the last erasure that was seen. Events from before it that were read earlier may still hold what it erased.</summary>
    internal long NewestErasure => Volatile.Read(ref _newestErasure);

    /// <summary>Keeps the tail reading until it is disposed.</summary>
    internal IDisposable Follow()
    {
        lock (_gate)
        {
            if (_followers++ == 0 && !_running)
            {
                _wanted.Release();
            }
        }

        return new Following(Leave);
    }

    /// <summary>
    /// The events after a position. Empty when there are none yet; null when the ring no longer reaches back so far, or the tail does not run.
    /// </summary>
    internal IReadOnlyList<PublishedEvent>? Take(long after, int max)
    {
        lock (_gate)
        {
            if (!_running || after < _first - 1)
            {
                return null;
            }

            var count = (int)Math.Clamp(_last - after, 0, max);
            var taken = new PublishedEvent[count];
            for (var i = 0; i < count; i++)
            {
                taken[i] = _ring[(after + 1 + i) % EventsMax]!;
            }

            return taken;
        }
    }

    /// <summary>Waits until the ring may have grown beyond a position, or the time is over.</summary>
    internal async Task WaitBeyondAsync(long position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task grown;
        lock (_gate)
        {
            if (_running && _last > position)
            {
                return;
            }

            grown = _grown.Task;
        }

        // Unlike a separate Task.Delay, WaitAsync leaves no timer behind. That matters because thousands of readers wait again for each event.
        await grown.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public override void Dispose()
    {
        _wanted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wanted.WaitAsync(stoppingToken);
                var head = await store.HeadAsync(stoppingToken);
                Restricted = await restrictions.InLogAsync(stoppingToken);
                Restart(head);
                await ReadOnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreUnavailableException or NpgsqlException or TimeoutException)
            {
                LogAway(logger, e);
                Stop();
                await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _wanted.Release();
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        while (IsFollowed())
        {
            var page = await store.ReadFeedAsync(_last, PageEvents, FeedFilter.All, cancellationToken);
            if (page.Events.Count == 0)
            {
                await store.WaitForAsync(_last, IdleMax, cancellationToken);
                continue;
            }

            // The restrictions are read before these events are published, so that no reader sees what one of them restricts.
            if (page.Events.Any(e => Restrictions.Types.Contains(e.Type)))
            {
                Restricted = await restrictions.InLogAsync(cancellationToken);
            }

            Publish([.. page.Events.Select(e => PublishedEvent.Of(e, identity.Uri))]);
        }
    }

    /// <summary>
    /// Stops the tail when nobody follows. The ring's events were checked against the restrictions of that time, so they are not given out again
    /// later.
    /// </summary>
    private bool IsFollowed()
    {
        lock (_gate)
        {
            return _running = _followers > 0;
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _running = false;
        }
    }

    private void Publish(IReadOnlyList<PublishedEvent> events)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (events.LastOrDefault(e => e.Recorded.Type == ErasureType) is { } erasure)
            {
                // These events were read after the erasure. The ring's events were read before it, so the ring is emptied. A reader that still needs
                // them reads the store again.
                Volatile.Write(ref _newestErasure, erasure.Position);
                Empty();
            }

            foreach (var e in events)
            {
                _bytes += e.Frame.Length;
                while (_last - _first + 1 >= EventsMax || (_bytes > BytesMax && _first <= _last))
                {
                    Forget();
                }

                _ring[e.Position % EventsMax] = e;
                _last = e.Position;
            }

            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }

    private void Empty()
    {
        while (_first <= _last)
        {
            Forget();
        }
    }

    private void Forget()
    {
        _bytes -= _ring[_first % EventsMax]!.Frame.Length;
        _ring[_first++ % EventsMax] = null;
    }

    private void Restart(long head)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            Empty();
            (_first, _last, _running) = (head + 1, head, true);
            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tail of the log cannot be read for now")]
    private static partial void LogAway(ILogger logger, Exception e);

    private void Leave()
    {
        lock (_gate)
        {
            _followers--;
        }
    }

    private sealed class Following(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
