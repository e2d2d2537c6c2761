using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>
/// A server under a supervising shell, which stops it when the owner's end of a pipe closes. Another shell starts the supervisor in its own
/// session and ends at once. So neither Ctrl-C nor a kill of the owner's process tree reaches the supervisor.
/// </summary>
internal sealed class SupervisedRun : IServerRun
{
    /// <summary>macOS has no setsid. There, job control at least gives the server its own process group.</summary>
    private const string Launch =
        """
        exec 3<&0
        if command -v setsid >/dev/null 2>&1; then setsid sh -c "$@" <&3 3<&- & else set -m; sh -c "$@" <&3 3<&- & fi
        """;

    /// <summary>The sum of the supervisor's two waits, with a margin, because the supervisor checks only once a second.</summary>
    private static readonly TimeSpan StopLimit = ServerStop.FastLimit + ServerStop.ImmediateLimit + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LaunchLimit = TimeSpan.FromSeconds(20);
    private static readonly string Script = ReadScript();

    private readonly Process _process;
    private readonly StreamWriter _pipe;

    private SupervisedRun(Process process, int processId)
    {
        (_process, _pipe, ProcessId) = (process, process.StandardInput, processId);
        Ended = EndAsync(process.StandardOutput);
    }

    public int ProcessId { get; }

    public Task Ended { get; }

    /// <exception cref="LocalPostgresException">The shell could not be started, or ended at once.</exception>
    public static async Task<SupervisedRun> LaunchAsync(
        ClusterPlace place, PostgresBinaries binaries, ServerAccount account, CancellationToken ct)
    {
        var start = account.Command(
            "sh", "-c", Launch, "sh", Script, "supervise", binaries.Program("postgres"), place.Data, place.Log,
            Seconds(ServerStop.FastLimit), Seconds(ServerStop.ImmediateLimit));
        start.RedirectStandardError = false;
        var process = Process.Start(start)!;
        var launched = false;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(LaunchLimit);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(bounded.Token);
            launched = int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var processId);
            return launched ? new SupervisedRun(process, processId) : throw NotLaunched(place);
        }
        catch (OperationCanceledException cause) when (!ct.IsCancellationRequested)
        {
            throw NotLaunched(place, cause);
        }
        finally
        {
            // A supervisor that starts late must find the pipe closed. Disposing of the process alone would leave the pipe open.
            if (!launched)
            {
                process.StandardInput.Close();
                process.Dispose();
            }
        }
    }

    public async Task StopAsync()
    {
        _pipe.Close();
        await Task.WhenAny(Ended, Task.Delay(StopLimit));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    /// <summary>
    /// Waits for the end of the server. The supervisor prints one more line when the server has ended. If the supervisor was killed, its pipe closes.
    /// </summary>
    private static async Task EndAsync(StreamReader supervisor)
    {
        try
        {
            await supervisor.ReadLineAsync();
        }
        catch (IOException)
        {
            // The pipe broke, so the supervisor is gone. This counts as the end.
        }
    }

    private static LocalPostgresException NotLaunched(ClusterPlace place, Exception? cause = null) =>
        new($"The shell that supervises PostgreSQL did not start; {ServerLog.Quote(place)}", cause);

    private static string Seconds(TimeSpan limit) => limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private static string ReadScript()
    {
        using var stream = typeof(SupervisedRun).Assembly.GetManifestResourceStream("supervise.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
