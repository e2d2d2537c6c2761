using System.Diagnostics;

namespace Ledger.LocalPostgres;

/// <summary>
/// A server that pg_ctl starts and stops, for Windows, where no shell supervises it. When its owner is killed, the server runs until the
/// next start stops it.
/// </summary>
internal sealed class WindowsRun : IServerRun
{
    private static readonly TimeSpan LaunchLimit = TimeSpan.FromMinutes(5);

    private readonly ClusterPlace _place;
    private readonly PostgresBinaries _binaries;
    private readonly Process _postmaster;

    private WindowsRun(ClusterPlace place, PostgresBinaries binaries, Process postmaster)
    {
        (_place, _binaries, _postmaster) = (place, binaries, postmaster);
        Ended = postmaster.WaitForExitAsync();
    }

    public int ProcessId => _postmaster.Id;

    public Task Ended { get; }

    /// <exception cref="LocalPostgresException">The server did not start. The message quotes the end of its log.</exception>
    public static async Task<WindowsRun> LaunchAsync(ClusterPlace place, PostgresBinaries binaries, CancellationToken ct)
    {
        var start = ChildCommand.Prepare([binaries.Program("pg_ctl"), "start", "-D", place.Data, "-l", place.Log, "-w"]);
        // The server would inherit redirected streams and keep them open, so a read of them would never end.
        start.RedirectStandardOutput = start.RedirectStandardError = false;
        using var launcher = Process.Start(start)!;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(LaunchLimit);
        await launcher.WaitForExitAsync(bounded.Token);
        return launcher.ExitCode == 0 && Postmaster.Read(place) is { } postmaster
            ? new WindowsRun(place, binaries, Process.GetProcessById(postmaster.ProcessId))
            : throw new LocalPostgresException($"PostgreSQL did not start; {ServerLog.Quote(place)}");
    }

    public async Task StopAsync() => await ServerStop.StopIfRunningAsync(_place, _binaries, ServerAccount.Own, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _postmaster.Dispose();
    }
}
