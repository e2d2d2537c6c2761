using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Whether the process lives, and whether it can serve: the database is reachable, migrations are current, projections are within the allowed lag.
/// </summary>
internal static class HealthRoutes
{
    private const int CheckTimeoutS = 3;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", ["GET", "HEAD"], () => Results.Ok(new { status = "live" })).OpenToAll().DisableRateLimiting().WithTags("Health").WithSummary("The process runs");
        routes.MapMethods("/health/ready", ["GET", "HEAD"], ReadyAsync).OpenToAll().DisableRateLimiting().WithTags("Health").WithSummary("The ledger can serve");
    }

    private static async Task ReadyAsync(HttpContext context, EventStore store, LedgerDatabase database, Projections projections, StartingHead start, LedgerSettings settings, Integrator integrator)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(TimeSpan.FromSeconds(CheckTimeoutS));
        var problems = new List<string>();
        long head = 0;
        var progress = new Dictionary<string, object>();
        try
        {
            head = await store.HeadAsync(timeout.Token);
            if (!await Migrator.IsCurrentAsync(database.Source, LedgerModel.Schema, timeout.Token))
            {
                problems.Add("Migrations are missing; run the server with the argument migrate, as the owner.");
            }

            foreach (var name in projections.Daemon.Names)
            {
                var position = await store.ReadProgressAsync(name, timeout.Token);
                var status = projections.Daemon.StatusOf(name);
                progress[name] = new { position, lag = head - position, state = status.State, failedPosition = status.FailedPosition, error = status.LastError?.GetType().Name };
                if (position < start.Position || head - position > settings.ProjectionLagMax)
                {
                    problems.Add($"Projection {name} stands at {position} of {head}.");
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or StoreUnavailableException or OperationCanceledException or TimeoutException)
        {
            problems.Add("The database does not answer.");
        }

        var (code, word) = problems.Count == 0 ? (200, "ready") : (503, "not ready");
        await context.WriteJsonAsync(code, new { status = word, head, projections = progress, proof = integrator.Status, problems });
    }
}

/// <summary>The head of the log when this process started. Projections must have reached it before the process reports itself as ready.</summary>
internal sealed record StartingHead(long Position);
