using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A RabbitMQ node of one test's own: free ports, its own folder and port mapper, and nothing left behind.</summary>
internal sealed class PrivateBroker : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"ledger-broker-{Guid.CreateVersion7():n}");
    private readonly int _port = FreePort();
    private readonly Dictionary<string, string> _environment;
    private readonly Process _portMapper;
    private Process? _node;

    private PrivateBroker()
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "plugins"), "[].");
        var mapperPort = FreePort().ToString(CultureInfo.InvariantCulture);
        _environment = new()
        {
            ["HOME"] = _directory,
            ["RABBITMQ_NODENAME"] = "ledger@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_directory, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_directory, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_directory, "plugins"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(_directory, "pid"),
            ["ERL_EPMD_PORT"] = mapperPort,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        // The test starts it (not the node), so that it is a child process that the test can end.
        _portMapper = Run("epmd", "-port", mapperPort, "-address", "127.0.0.1");
    }

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/");

    public static async Task<PrivateBroker> StartAsync()
    {
        var broker = new PrivateBroker();
        await broker.StartNodeAsync();
        return broker;
    }

    public async Task StartNodeAsync()
    {
        _node = Run(Server);
        var started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(StartMax, "the broker starts");
            await Task.Delay(200);
        }
    }

    /// <summary>Kills the node without warning.</summary>
    public async Task KillNodeAsync()
    {
        if (_node is { } node)
        {
            _node = null;
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
            node.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillNodeAsync();
        _node?.Dispose();
        _portMapper.Kill();
        await _portMapper.WaitForExitAsync();
        _portMapper.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Process Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits until the broker answers the protocol: its port is open before that.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port);
            await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            return await client.GetStream().ReadAsync(new byte[8], timeout.Token) > 0;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
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
