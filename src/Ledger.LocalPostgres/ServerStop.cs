using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>Stops a server that nobody supervises: one whose owner and supervisor were both killed, or one on Windows.</summary>
internal static class ServerStop
{
    /// <summary>A fast shutdown writes a checkpoint, at most max_wal_size of pages.</summary>
    public static TimeSpan FastLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>An immediate one only ends processes; the next start recovers.</summary>
    public static TimeSpan ImmediateLimit { get; } = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CommandMargin = TimeSpan.FromSeconds(5);

    /// <returns>True when a server ran and was stopped.</returns>
    /// <exception cref="LocalPostgresException">It runs on in spite of an immediate shutdown.</exception>
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
