using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres.Tests;

/// <summary>Another process that owns a cluster: this assembly, run as a program.</summary>
internal sealed class OwnerProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private OwnerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public List<string> Said { get; } = [];

    public int Port => int.Parse(Ready[1], CultureInfo.InvariantCulture);

    public int ServerProcessId => int.Parse(Ready[2], CultureInfo.InvariantCulture);

    public string BinDirectory => Ready[3];

    private string[] Ready =>
        Said[^1].Split(' ', 4) is ["ready", ..] ready ? ready : throw new InvalidOperationException(string.Join('\n', Said));

    public static async Task<OwnerProcess> StartAsync(string dataDirectory, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OwnerProcess).Assembly.Location, dataDirectory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var owner = new OwnerProcess(Process.Start(start)!);
        using var limit = new CancellationTokenSource(StartLimit);
        while (await owner._process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            owner.Said.Add(line);
            if (line.StartsWith("ready ", StringComparison.Ordinal) || line.StartsWith("failed ", StringComparison.Ordinal))
                break;
        }

        return owner;
    }

    /// <summary>SIGKILL: the owner cannot do anything about its server.</summary>
    public void Kill(bool entireProcessTree = false)
    {
        _process.Kill(entireProcessTree);
        _process.WaitForExit();
    }

    /// <summary>Ends the owner in order.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            _process.WaitForExit(StartLimit);
        }

        _process.Dispose();
    }
}
