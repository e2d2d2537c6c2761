using System.Diagnostics;

namespace Ledger.LocalPostgres;

/// <summary>Starts the server of a cluster and waits until it accepts connections.</summary>
internal sealed record ServerStart(
    ClusterPlace Place, PostgresBinaries Binaries, ServerAccount Account, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The time limit of a start. Crash recovery of max_wal_size takes seconds, or minutes on a slow disk.</summary>
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a start is retried after an unclean stop. The backends of a killed postmaster may hold the shared memory for a moment,
    /// and then the server refuses to start.
    /// </summary>
    private static readonly TimeSpan RemainsLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    /// <summary>The greatest number of ports that are tried. Another process may take a port first, but rarely several times in a row.</summary>
    private const int PortAttemptsMax = 5;

    /// <summary>Starts on the given port, or on a free one.</summary>
    /// <exception cref="LocalPostgresException">The server did not start. The message quotes the end of its log.</exception>
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
    /// Deletes a stale postmaster.pid. PostgreSQL refuses to start while any process of the same user has the process id in that file. To delete it is
    /// safe: the command line shows that the process is not this cluster's server, the lock shows that nobody else is starting one, and
    /// the server itself still checks the data directory's shared memory for living backends.
    /// </summary>
    /// <returns>Whether the last stop was unclean.</returns>
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
