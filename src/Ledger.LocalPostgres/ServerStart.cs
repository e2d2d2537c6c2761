using System.Diagnostics;

namespace Ledger.LocalPostgres;

/// <summary>Starts the server of a cluster and waits until it takes connections.</summary>
internal sealed record ServerStart(
    ClusterPlace Place, PostgresBinaries Binaries, ServerAccount Account, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Crash recovery of max_wal_size takes seconds; a slow disk gets minutes.</summary>
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// After a killed postmaster its backends may hold the shared memory for a moment, and the server then refuses to start.
    /// </summary>
    private static readonly TimeSpan RemainsLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Losing the race for a free port twice is bad luck; more often it is something else.</summary>
    private const int PortAttemptsMax = 5;

    /// <summary>Starts on the given port, or on a free one.</summary>
    /// <exception cref="LocalPostgresException">It did not start; the message quotes the end of its log.</exception>
    public async Task<(IServerRun Run, int Port)> StartAsync(int? fixedPort, CancellationToken ct)
    {
        var unclean = await ClearStaleRecordAsync(ct);
        ServerLog.Rotate(Place);
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var port = fixedPort ?? FreePort.Pick();
            await File.WriteAllTextAsync(Place.Settings, ServerSettings.Text(Settings, port), ct);
            if (!OperatingSystem.IsWindows() && Account.Name is not null)
                File.SetUnixFileMode(Place.Settings, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

            var run = await LaunchAsync(ct);
            if (await IsReadyAsync(run, ct))
                return (run, port);
            await run.DisposeAsync();

            var lostPort = fixedPort is null && attempt < PortAttemptsMax && FreePort.IsTaken(port);
            var remains = unclean && Stopwatch.GetElapsedTime(started) < RemainsLimit;
            if (!lostPort && !remains)
                throw new LocalPostgresException($"PostgreSQL {Binaries.Version} did not start; {ServerLog.Quote(Place)}");
            await Task.Delay(RetryPause, ct);
        }
    }

    private async Task<IServerRun> LaunchAsync(CancellationToken ct) =>
        OperatingSystem.IsWindows()
            ? await WindowsRun.LaunchAsync(Place, Binaries, ct)
            : await SupervisedRun.LaunchAsync(Place, Binaries, Account, ct);

    private async Task<bool> IsReadyAsync(IServerRun run, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            while (!run.Ended.IsCompleted && Stopwatch.GetElapsedTime(started) < ReadyLimit)
            {
                if (Postmaster.Read(Place) is { IsReady: true } postmaster && postmaster.ProcessId == run.ProcessId)
                    return true;
                await Task.Delay(ReadyPause, ct);
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// PostgreSQL refuses to start while any process of the same user has the number in a stale postmaster.pid. That it is not
    /// this cluster's server has been seen by its command line; the lock says that nobody else is starting one; and the server
    /// still checks the data directory's shared memory for living backends.
    /// </summary>
    /// <returns>True when the last stop was unclean.</returns>
    private async Task<bool> ClearStaleRecordAsync(CancellationToken ct)
    {
        if (Postmaster.Read(Place) is not { } postmaster)
            return File.Exists(Place.PostmasterFile);
        if (await postmaster.IsAliveAsync(Place, ct))
            throw new UnreachableException("A server that still runs is stopped before another is started.");
        File.Delete(Place.PostmasterFile);
        return true;
    }
}
