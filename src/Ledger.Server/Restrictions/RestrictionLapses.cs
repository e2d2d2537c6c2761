using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Records the end of each restriction whose time has passed, so that readers of the log receive the withheld events. Every node does this. The withdrawal
/// is decided on the state of the stream, so the second node finds nothing to do. Ends that passed while no node was running are recorded at the next
/// start.
/// </summary>
internal sealed partial class RestrictionLapses(
    EventStore store, Restrictions restrictions, Recorder recorder, TimeProvider clock, ILogger<RestrictionLapses> logger) : BackgroundService
{
    /// <summary>The principal of these withdrawals.</summary>
    internal const string Principal = "policy:restrictions";

    private const string Reason = "The time that was set for the restriction has passed.";

    /// <summary>How often to look. An end is recorded at most this late, plus the time of the append.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RecordPassedAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreUnavailableException or NpgsqlException or TimeoutException or ProblemException)
            {
                LogAway(logger, e);
            }

            await Task.Delay(LookInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RecordPassedAsync(CancellationToken cancellationToken)
    {
        var passed = (await restrictions.EndingAsync(cancellationToken)).TakeWhile(r => r.End <= clock.GetUtcNow()).ToList();
        if (passed.Count == 0)
        {
            return;
        }

        // While a dump is being restored, nothing is recorded here: the dump contains the ends, each in its place.
        await using var lease = await Lease.TryAcquireAsync(store.DataSource, DumpRestore.LeaseName, Lease.SilenceMax, cancellationToken);
        if (lease is null)
        {
            return;
        }

        foreach (var (restriction, stream, _) in passed)
        {
            await RecordAsync(restriction, stream, cancellationToken);
        }
    }

    private Task<Answer> RecordAsync(Guid restriction, string stream, CancellationToken cancellationToken)
    {
        var (type, id) = Ids.OfStream(stream);
        var actor = new Actor(Principal);
        var recording = new Recording
        {
            Streams = [stream],
            Id = id,
            Location = $"/v1/{type}s/{id}",
            Decide = current => WithdrawEventRoute.Decide(current, new() { Reason = Reason }, [(stream, restriction)], new(actor, clock.GetUtcNow())),
        };
        return recorder.RecordAsync(recording, new(actor, Key: null, IfMatch: null), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of a restriction could not be recorded; the server will try again")]
    private static partial void LogAway(ILogger logger, Exception e);
}
