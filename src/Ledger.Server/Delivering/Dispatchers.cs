using System.Security.Cryptography;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Serves this node's share of the active subscriptions, each under a lease. A node that joins gets its share from the others. The subscriptions of a
/// node that died or was paused go to the remaining nodes (docs/decisions/0026).
/// </summary>
internal sealed partial class Dispatchers(
    Subscriptions subscriptions, SubscriptionStatuses statuses, DeliveryTargets targets, EventTail tail, EventStore store, Restrictions restrictions,
    SignedHeads heads, LedgerIdentity identity, SubscriberSettings settings, TimeProvider clock, ILogger<Dispatchers> logger) : BackgroundService
{
    /// <summary>How often a node looks for subscriptions that nobody serves. Once a lease is free, a takeover waits at most this long.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a subscription that failed waits, so that another node can take it.</summary>
    private static readonly TimeSpan FailedPause = TimeSpan.FromSeconds(5);
    private const string Group = "subscriptions";

    private readonly Dictionary<string, Serving> _running = new(StringComparer.Ordinal);
    private readonly WorkShare _share = new(clock);
    private Membership? _membership;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var measuredAt = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var all = await subscriptions.AllAsync(stoppingToken);
                await ShareOutAsync([.. all.Where(s => s.State == Subscription.Active)], stoppingToken);
                if (clock.GetUtcNow() - measuredAt >= StatusInterval)
                {
                    measuredAt = clock.GetUtcNow();
                    foreach (var subscription in all)
                    {
                        SubscriberTelemetry.RecordStatus(await statuses.OfAsync(subscription, stoppingToken));
                    }
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && IsPassing(e))
            {
                LogAway(logger, e);
                await LeaveAsync();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(LookInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await LeaveAsync(); // Leave first, so that the other nodes take over what this node gives up.
        await Task.WhenAll(_running.Values.Select(r => r.Task));
        foreach (var serving in _running.Values)
        {
            serving.Dispose();
        }
    }

    private async Task ShareOutAsync(IReadOnlyList<Subscription> active, CancellationToken stoppingToken)
    {
        _membership ??= await Membership.JoinAsync(store.DataSource, Group, stoppingToken);
        var membership = _membership;
        var held = await membership.LookAsync(stoppingToken);
        foreach (var (id, serving) in _running.Where(r => r.Value.Task.IsCompleted).ToList())
        {
            _running.Remove(id);
            serving.Dispose();
        }

        var revisions = active.ToDictionary(s => s.Id, s => s.Revision, StringComparer.Ordinal);
        foreach (var (id, serving) in _running)
        {
            if (serving.Subscription is { } subscription && (!revisions.TryGetValue(id, out var current) || current != subscription.Revision))
            {
                await serving.Stop.CancelAsync(); // Somebody changed it: paused, moved, given another secret, deleted.
            }
        }

        var served = _running.Where(r => !r.Value.Stop.IsCancellationRequested).Select(r => r.Key).ToList();
        var (begin, giveUp) = _share.Plan([.. active.Select(s => s.Id)], served, id => _running.ContainsKey(id) || held.Contains(LeaseName(id)), held.Nodes);
        foreach (var id in giveUp)
        {
            await _running[id].Stop.CancelAsync();
        }

        foreach (var id in begin)
        {
            _running.Add(id, new((serving, token) => ServeAsync(id, membership, serving, token), stoppingToken));
        }
    }

    private async Task LeaveAsync()
    {
        if (_membership is { } membership)
        {
            _membership = null;
            await membership.DisposeAsync();
        }
    }

    private static string LeaseName(string subscription) => $"subscription {subscription}";

    private static bool IsPassing(Exception e) => e is StoreUnavailableException or NpgsqlException or TimeoutException or IOException;

    private async Task ServeAsync(string id, Membership membership, Serving serving, CancellationToken stoppingToken)
    {
        if (!await TryServeAsync(id, membership, serving, stoppingToken))
        {
            await Task.Delay(FailedPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Serves a subscription to the end; false when it failed for a lasting reason.</summary>
    private async Task<bool> TryServeAsync(string id, Membership membership, Serving serving, CancellationToken stoppingToken)
    {
        try
        {
            await using var lease = await membership.TryTakeAsync(LeaseName(id), stoppingToken);
            if (lease is null || await subscriptions.FindAsync(id, stoppingToken) is not { State: Subscription.Active } subscription)
            {
                return true;
            }

            serving.Subscription = subscription;
            await using var target = targets.Open(subscription);
            var interest = new Interest(subscription, store);
            using var reader = new EventReader(tail, store, restrictions, identity)
            {
                Filter = interest.Read,
                // The reader shows restricted events too. Each attempt withholds them, so that they are not lost when the restriction is lifted.
                Audits = true,
                Position = subscription.Position,
            };
            var handover = new DeliveryHandover(subscription, target, interest, store, restrictions, heads, identity);
            var lanes = new DeliveryLanes(settings.RetrySchedule, subscription.Position);
            using var dispatcher = new Dispatcher(
                subscription, lease, handover, reader, interest, lanes, new(lanes, restrictions), new(lanes, interest, subscription.Position, store, identity), settings, clock);
            await dispatcher.RunAsync(stoppingToken);
            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (IsPassing(e))
        {
            LogAway(logger, e);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ProblemException)
        {
            LogSetting(logger, id, e);
            return false;
        }
        catch (Exception e)
        {
            // A defect in one subscription must not end the others. The subscription is tried again, and each failure shows in the log.
            LogFailed(logger, id, e);
            return false;
        }
    }

    /// <summary>A subscription that this node serves, and what ends it.</summary>
    private sealed class Serving : IDisposable
    {
        internal Serving(Func<Serving, CancellationToken, Task> serve, CancellationToken stoppingToken)
        {
            Stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            Task = serve(this, Stop.Token);
        }

        /// <summary>The subscription that is served; null before it was read.</summary>
        internal Subscription? Subscription { get; set; }

        internal CancellationTokenSource Stop { get; }

        internal Task Task { get; }

        public void Dispose() => Stop.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriptions cannot be served for now: the database is unavailable")]
    private static partial void LogAway(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription {Id} lacks a setting: the broker's address, or the Ledger:SecretsKey that sealed its secret")]
    private static partial void LogSetting(ILogger logger, string id, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Serving subscription {Id} failed")]
    private static partial void LogFailed(ILogger logger, string id, Exception e);
}
