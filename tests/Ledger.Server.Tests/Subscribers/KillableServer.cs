using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ledger.Testing;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>The server as a process of its own on one port, which a test kills without warning and starts again.</summary>
internal sealed class KillableServer(TestDatabase database) : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly string _url = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
    private Process? _process;

    public HttpClient Http { get; private set; } = new();

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LedgerServer).Assembly.Location, "--urls", _url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["ConnectionStrings__Ledger"] = database.ServiceConnectionString;
        start.Environment["ConnectionStrings__LedgerOwner"] = database.OwnerConnectionString;
        start.Environment["Ledger__AdminKey"] = RunningLedger.AdminKey;
        foreach (var (name, value) in SubscriberExtensions.Settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http.Dispose();
        Http = new() { BaseAddress = new(_url) };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(StartMax, "the server starts");
            await Task.Delay(50);
        }
    }

    /// <summary>Sends a body that must be taken.</summary>
    public async Task RecordAsync(string path, string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri("/health/live", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
