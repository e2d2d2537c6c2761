using System.Collections.Concurrent;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Counts the requests that this node refuses, and records the counts at intervals, because a flood of refusals must not fill the log. A node that is
/// killed loses the counts of the last interval.
/// </summary>
internal sealed partial class AccessRefusals(AccessLog log, EventStore store, LedgerSettings settings, TimeProvider clock, ILogger<AccessRefusals> logger) : BackgroundService
{
    /// <summary>The principal of these events.</summary>
    internal const string Principal = "policy:access";

    /// <summary>The most kinds that are told apart in one event. Further ones are counted without their principal.</summary>
    private const int KindsMax = 200;

    private readonly ConcurrentDictionary<(string Reason, string? Principal), long> _counts = [];
    private DateTimeOffset _from = clock.GetUtcNow();

    /// <summary>Counts a refused request.</summary>
    /// <param name="reason">One of the reasons of <see cref="RefusedRequests"/>.</param>
    /// <param name="principal">Whose key it was, where that is known.</param>
    internal void Count(string reason, string? principal)
    {
        if (settings.RefusalsIntervalS > 0)
        {
            var kind = (reason, principal);
            // Count is read only for a new kind, because reading it holds up everybody who counts.
            _counts.AddOrUpdate(_counts.ContainsKey(kind) || _counts.Count < KindsMax ? kind : (reason, null), 1, (_, count) => count + 1);
        }
    }

    /// <summary>Records what is left.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RecordAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.RefusalsIntervalS > 0 && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(settings.RefusalsIntervalS), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await RecordAsync(stoppingToken);
            }
        }
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        var (from, to) = (_from, clock.GetUtcNow());
        var requests = _counts.Select(c => new RefusedRequests(c.Key.Reason, c.Key.Principal, c.Value)).OrderByDescending(r => r.Count).ToList();
        if (requests.Count == 0)
        {
            _from = to;
            return;
        }

        try
        {
            // A dump is restored into an empty ledger, with each event at its own position. So nothing may be appended before or between its events.
            await using var lease = await Lease.TryAcquireAsync(store.DataSource, DumpRestore.LeaseName, Lease.SilenceMax, cancellationToken);
            if (lease is null || await store.HeadAsync(cancellationToken) == 0)
            {
                return;
            }

            await log.AppendAsync(Ids.RefusalsStream, new AccessRefused { From = from, To = to, Requests = requests }, Principal, once: null, cancellationToken);
            _from = to;
            foreach (var counted in requests)
            {
                Take((counted.Reason, counted.Principal), counted.Count);
            }
        }
        catch (Exception e) when (e is StoreUnavailableException or NpgsqlException or TimeoutException or OperationCanceledException)
        {
            LogAway(logger, e);     // They are recorded with the next ones.
        }
    }

    /// <summary>Subtracts the recorded count. What was counted meanwhile stays.</summary>
    private void Take((string Reason, string? Principal) kind, long count)
    {
        while (_counts.TryGetValue(kind, out var now))
        {
            if (now == count ? _counts.TryRemove(new(kind, now)) : _counts.TryUpdate(kind, now - count, now))
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The refused requests cannot be recorded for now")]
    private static partial void LogAway(ILogger logger, Exception e);
}

/// <summary>What is known of a key that was refused.</summary>
/// <param name="Reason">One of the reasons of <see cref="RefusedRequests"/>.</param>
/// <param name="Principal">The key's id, if there is such a key.</param>
internal sealed record RefusedKey(string Reason, string? Principal);

/// <summary>Counts refusals in the pipeline.</summary>
internal static class RefusalCounting
{
    /// <summary>Counts every answer that refuses access, whichever part of the pipeline gave it.</summary>
    internal static void UseRefusalCounting(this WebApplication app)
    {
        var refusals = app.Services.GetRequiredService<AccessRefusals>();
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response.StatusCode == StatusCodes.Status403Forbidden)
            {
                refusals.Count("notAllowed", context.User.Identity?.Name);
            }
            else if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
            {
                var known = context.Features.Get<RefusedKey>();
                refusals.Count(known?.Reason ?? "noKey", known?.Principal);
            }
        });
    }
}
