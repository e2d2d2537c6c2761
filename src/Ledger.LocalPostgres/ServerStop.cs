using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>Stops a server without a supervisor: its owner and its supervisor were both killed, or it runs on Windows.</summary>
internal static class ServerStop
{
    /// <summary>The time limit of a fast shutdown, which writes a checkpoint of at most max_wal_size of pages.</summary>
    public static TimeSpan FastLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit of an immediate shutdown, which only ends processes. The next start does crash recovery.</summary>
    public static TimeSpan ImmediateLimit { get; } = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CommandMargin = TimeSpan.FromSeconds(5);

    /// <returns>True when a server ran and was stopped.</returns>
    /// <exception cref="LocalPostgresException">The server still runs after an immediate shutdown.</exception>
    public static async Task<bool> StopIfRunningAsync(
        ClusterPlace place, PostgresBinaries binaries, ServerAccount account, CancellationToken ct)
    {
        if (!await IsRunningAsync(place, ct))
            return false;
        foreach (var (mode, limit) in new[] { ("fast", FastLimit), ("immediate", ImmediateLimit) })
        {
            var seconds = limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            var stop = account.Command(binaries.Program("pg_ctl"), "stop", "-D", place.Data, "-m", mode, "-w", "-t", seconds);
            await ChildCommand.RunAsync(stop, limit + CommandMargin, ct);
            if (!await IsRunningAsync(place, ct))
                return true;
        }

        throw new LocalPostgresException(
            $"PostgreSQL process {Postmaster.Read(place)?.ProcessId} still runs on {place.Data} and does not stop: end it by hand.");
    }

    private static async Task<bool> IsRunningAsync(ClusterPlace place, CancellationToken ct) =>
        Postmaster.Read(place) is { } postmaster && await postmaster.IsAliveAsync(place, ct);
}
