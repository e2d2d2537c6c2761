using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ledger.Testing;

/// <summary>The server as a process of its own, from the build beside the tests: to be killed, or to be measured alone.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Serving = "Serving on ";

    /// <summary>A start includes the start of the runtime, migrations and the first connections, on a machine that may be busy.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PeakInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, string? workingDirectory, string? build = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(build ?? AppContext.BaseDirectory, "Ledger.Server.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    /// <summary>The processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that it has held so far, in bytes (Linux; else 0).</summary>
    public long PeakMemoryBytes => PeakMemory();

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress => _address.Task.Result;

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it on a database and a free port, and waits until it listens.</summary>
    /// <param name="database">Migrated or not: the server sees to it.</param>
    /// <param name="settings">More settings, named as in a file: <c>Ledger:Webhooks:AllowHttp</c>.</param>
    public static async Task<ServerProcess> ServeAsync(TestDatabase database, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var environment = new Dictionary<string, string?>(On(database));
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var server = new ServerProcess(["--urls", "http://127.0.0.1:0"], environment, null);
        await server._address.Task.WaitAsync(StartMax);
        return server;
    }

    /// <summary>Runs a command on a database to its end; the exit code, what it printed, and the most memory that it held, in bytes (Linux; else 0).</summary>
    public static async Task<(int ExitCode, string Output, long PeakMemoryBytes)> RunAsync(TestDatabase database, params string[] arguments)
    {
        await using var server = new ServerProcess(arguments, On(database), null);
        var peak = 0L;
        var ended = server._process.WaitForExitAsync();
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, server.PeakMemory());
            await Task.WhenAny(ended, Task.Delay(PeakInterval));
        }

        return (server._process.ExitCode, server.Output, peak);
    }

    /// <summary>Runs a command in a directory to its end; the exit code and what it printed.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string workingDirectory, params string[] arguments) => RunOfAsync(null, workingDirectory, arguments);

    /// <summary>The same from the server's own build, without the tests' assemblies beside it, which JasperFx would look into for commands.</summary>
    public static Task<(int ExitCode, string Output)> RunOwnBuildAsync(string workingDirectory, params string[] arguments) =>
        RunOfAsync(AppContext.BaseDirectory.Replace(Path.Combine("tests", "Ledger.Server.Tests"), Path.Combine("src", "Ledger.Server"), StringComparison.Ordinal), workingDirectory, arguments);

    private static async Task<(int ExitCode, string Output)> RunOfAsync(string? build, string workingDirectory, string[] arguments)
    {
        await using var server = new ServerProcess(arguments, new Dictionary<string, string?>
        {
            ["ConnectionStrings__Ledger"] = null,
            ["ConnectionStrings__LedgerOwner"] = null,
            ["Ledger__AdminKey"] = null,
        }, workingDirectory, build);
        await server._process.WaitForExitAsync().WaitAsync(StartMax);
        return (server._process.ExitCode, server.Output);
    }

    /// <summary>Ends it as a crash would: SIGKILL, nothing is finished.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as an operator does, by SIGTERM, and waits until it has.</summary>
    public async Task TerminateAsync()
    {
        Signal("TERM");
        await _process.WaitForExitAsync().WaitAsync(StartMax);
    }

    /// <summary>Pauses the process like a paused machine: its connections stay open, and it answers nothing.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Resumes the paused process.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>.NET cannot send these.</summary>
    private void Signal(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill -{signal} failed");
        }
    }

    /// <summary>The kernel's own high-water mark: unlike samples it misses no peak, except in the last moment.</summary>
    private long PeakMemory()
    {
        try
        {
            const string HighWater = "VmHWM:";
            var line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(l => l.StartsWith(HighWater, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[HighWater.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;       // It has ended meanwhile, or there is no /proc.
        }
    }

    private static Dictionary<string, string?> On(TestDatabase database) => new()
    {
        ["ConnectionStrings__Ledger"] = database.ServiceConnectionString,
        ["ConnectionStrings__LedgerOwner"] = database.OwnerConnectionString,
        ["Ledger__AdminKey"] = RunningLedger.AdminKey,
        ["Ledger__PublicReads"] = "true",
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"The server ended without serving: {Output}"));
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith(Serving, StringComparison.Ordinal))
        {
            _address.TrySetResult(new(line[Serving.Length..].Split(',')[0]));
        }
    }
}
