using Ledger.LocalPostgres;

namespace Ledger.Testing;

/// <summary>
/// A private PostgreSQL for tests: one shared by the process, started by the first test that needs it, or one of a
/// test's own.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    /// <summary>Dozens of tests run at once, each with the pools of a node or two.</summary>
    private const string ConnectionsMax = "300";

    private static readonly Lazy<Task<TestPostgres>> Shared = new(StartSharedAsync);

    private static int ended;

    private readonly string dataDirectory;
    private readonly LocalCluster cluster;

    private TestPostgres(string dataDirectory, LocalCluster cluster)
    {
        this.dataDirectory = dataDirectory;
        this.cluster = cluster;
    }

    public string BinDirectory => cluster.BinDirectory;

    public string Host => cluster.Host;

    public int Port => cluster.Port;

    /// <summary>The postmaster, for tests that kill it; it is started again by itself on the same port.</summary>
    public int ProcessId => cluster.ProcessId;

    /// <summary>Templates are made one at a time; databases from them all at once.</summary>
    internal SemaphoreSlim TemplateGate { get; } = new(1);

    internal HashSet<string> Templates { get; } = [];

    /// <summary>The process's own, not durable: it ends with the process.</summary>
    public static Task<TestPostgres> SharedAsync() => Shared.Value;

    /// <summary>Stops and removes the shared one, if any test started it.</summary>
    public static async Task EndSharedAsync()
    {
        if (Shared.IsValueCreated && Interlocked.Exchange(ref ended, 1) == 0)
        {
            await (await Shared.Value).DisposeAsync();
        }
    }

    /// <summary>One of the caller's own, with settings of its own.</summary>
    public static async Task<TestPostgres> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"ledger-test-{Guid.CreateVersion7():n}");
        var cluster = await LocalCluster.StartAsync(
            new() { DataDirectory = directory, Settings = settings ?? new Dictionary<string, string>() }, CancellationToken.None);
        return new(directory, cluster);
    }

    public string SuperuserConnectionString(string database = "postgres") => cluster.SuperuserConnectionString(database);

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        ClusterRemoval.Remove(dataDirectory);
        if (Directory.Exists(dataDirectory))
        {
            Directory.Delete(dataDirectory, recursive: true);
        }
    }

    private static async Task<TestPostgres> StartSharedAsync()
    {
        var shared = await StartAsync(new Dictionary<string, string>
        {
            ["fsync"] = "off",
            ["full_page_writes"] = "off",
            ["max_connections"] = ConnectionsMax,
            ["shared_buffers"] = "256MB",
        });

        // For processes that are not test runs. In a test run the test framework ends the server, and the host waits for that.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndSharedAsync().Wait();
        return shared;
    }
}
