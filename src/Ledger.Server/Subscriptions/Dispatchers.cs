using System.Security.Cryptography;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Serves every active subscription whose lease this node gets; the others are served by other nodes, and taken over when those die.</summary>
internal sealed partial class Dispatchers(
    Subscriptions subscriptions, SubscriptionStatuses statuses, DeliveryTargets targets, EventTail tail, EventStore store, Restrictions restrictions,
    SignedHeads heads, LedgerIdentity identity, SubscriberSettings settings, TimeProvider clock, ILogger<Dispatchers> logger) : BackgroundService
{
    /// <summary>How often a node looks for subscriptions that nobody serves: what a takeover costs at most, once the lease is free.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var measuredAt = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var all = await subscriptions.AllAsync(stoppingToken);
                foreach (var subscription in all.Where(s => s.State == Subscription.Active))
                {
                    if (!_running.TryGetValue(subscription.Id, out var task) || task.IsCompleted)
                    {
                        _running[subscription.Id] = ServeAsync(subscription.Id, stoppingToken);
                    }
                }

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
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(LookInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running.Values);
    }

    private static bool IsPassing(Exception e) => e is StoreUnavailableException or NpgsqlException or TimeoutException or IOException;

    private async Task ServeAsync(string id, CancellationToken stoppingToken)
    {
        try
        {
            await using var lease = await Lease.TryAcquireAsync(store.DataSource, $"subscription {id}", stoppingToken);
            if (lease is null || await subscriptions.FindAsync(id, stoppingToken) is not { State: Subscription.Active } subscription)
            {
                return;
            }

            await using var target = targets.Open(subscription);
            var interest = new Interest(subscription.Filter, store);
            using var reader = new EventReader(tail, store, restrictions, identity)
            {
                Filter = interest.Read,
                // What is restricted is withheld at each attempt, so that it is not lost when that is lifted.
                Audits = true,
                Position = subscription.Position,
            };
            var handover = new DeliveryHandover(subscription, target, interest, store, restrictions, heads, identity);
            using var dispatcher = new Dispatcher(subscription, lease, handover, reader, interest, store, restrictions, identity, settings, clock);
            await dispatcher.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (IsPassing(e))
        {
            LogAway(logger, e);
        }
        catch (Exception e) when (e is CryptographicException or ProblemException)
        {
            LogSetting(logger, id, e);
        }
        catch (Exception e)
        {
            // A defect in one subscription must not end the others; it is tried again, and shows in the log each time.
            LogFailed(logger, id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriptions cannot be served for now: the database is away")]
    private static partial void LogAway(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription {Id} lacks a setting: the broker's address, or the Ledger:SecretsKey that sealed its secret")]
    private static partial void LogSetting(ILogger logger, string id, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Serving subscription {Id} failed")]
    private static partial void LogFailed(ILogger logger, string id, Exception e);
}
