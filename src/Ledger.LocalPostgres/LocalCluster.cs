using System.Data.Common;

namespace Ledger.LocalPostgres;

/// <summary>
/// A private PostgreSQL on the loopback address, for development, demo and tests. It lives as long as its owner: it stops when
/// it is disposed of, and when the owner's process ends in any way. When the server fails, it is started again on the same port.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    internal const string Loopback = "127.0.0.1";

    /// <summary>The greatest number of restart attempts in a row, which take about a minute. After that, further attempts would not help.</summary>
    private const int RestartAttemptsMax = 30;

    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttachLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AttachPause = TimeSpan.FromMilliseconds(50);

    private readonly string _password;
    private readonly Ownership? _ownership;

    private LocalCluster(PostgresBinaries binaries, int port, int processId, string password)
    {
        (BinDirectory, ServerVersion) = (binaries.Directory, binaries.Version);
        (Port, ProcessId, _password) = (port, processId, password);
    }

    private LocalCluster(ClusterLock held, ServerStart start, IServerRun run, int port, string password, Action<string> say)
        : this(start.Binaries, port, run.ProcessId, password)
    {
        _ownership = new Ownership(held, start, run, say);
        _ownership.Watching = WatchAsync(_ownership);
    }

    /// <summary>Always the loopback address.</summary>
    public string Host { get; } = Loopback;

    /// <summary>The port. It is chosen at every start, and stays the same after a restart of a failed server.</summary>
    public int Port { get; }

    /// <summary>The directory of <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>, and of <c>psql</c> if the installation has it.</summary>
    public string BinDirectory { get; }

    /// <summary>The process id of the postmaster. It changes after a restart of a failed server.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The version of the server, for example <c>15.18</c>.</summary>
    public string ServerVersion { get; }

    /// <summary>A connection string in Npgsql's keyword form, with the superuser's name and password.</summary>
    public string SuperuserConnectionString(string database = "postgres") => new DbConnectionStringBuilder
    {
        ["Host"] = Host,
        ["Port"] = Port,
        ["Database"] = database,
        ["Username"] = ClusterCreation.Superuser,
        ["Password"] = _password,
    }.ConnectionString;

    /// <summary>Starts the data directory's cluster. Where there is none, it is made first.</summary>
    /// <exception cref="LocalPostgresException">No PostgreSQL is found, the directory is in use or unusable, or the server does not start.</exception>
    /// <exception cref="ArgumentException">A setting is not allowed for a private cluster.</exception>
    public static Task<LocalCluster> StartAsync(LocalPostgresOptions options, CancellationToken ct) =>
        StartAsync(options, new PostgresSearch { BinDirectory = options.BinDirectory }, ct);

    internal static async Task<LocalCluster> StartAsync(LocalPostgresOptions options, PostgresSearch search, CancellationToken ct)
    {
        ServerSettings.Check(options.Settings);
        ClusterLock? held = null;
        try
        {
            var recorded = ClusterPlace.Of(options.DataDirectory);
            held = ClusterLock.Take(recorded);
            var cluster = await StartAsync(options, search, recorded, held, ct);
            held = null;
            return cluster;
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new LocalPostgresException(
                $"The cluster in {options.DataDirectory} is not accessible to this user ({cause.Message}): "
                + "start as the user who made it, or use another data directory.", cause);
        }
        finally
        {
            held?.Dispose();
        }
    }

    private static async Task<LocalCluster> StartAsync(
        LocalPostgresOptions options, PostgresSearch search, ClusterPlace recorded, ClusterLock held, CancellationToken ct)
    {
        var say = options.Say ?? (_ => { });
        var account = await ServerAccount.ForAsync(recorded.Data, ct);
        var binaries = await search.FindAsync(ClusterCreation.MajorOf(recorded), account, say, ct);
        if (await ServerStop.StopIfRunningAsync(recorded, binaries, account, ct))
            say($"Stopped the PostgreSQL that a killed owner had left on {recorded.Data}");
        var place = await ClusterPlacement.PrepareAsync(recorded, account, say, ct);
        if (ClusterCreation.MajorOf(place) is null)
        {
            say($"Making a PostgreSQL {binaries.Version} cluster in {place.Data}");
            var durable = !options.Settings.TryGetValue("fsync", out var fsync) || fsync is not "off";
            await ClusterCreation.CreateAsync(place, binaries, account, durable, ct);
        }

        var password = await File.ReadAllTextAsync(place.Password, ct);
        var start = new ServerStart(place, binaries, account, options.Settings);
        var (run, port) = await start.StartAsync(fixedPort: null, ct);
        say($"Started PostgreSQL {binaries.Version} from {binaries.Directory} on {Loopback}:{port}, data in {place.Data}");
        return new LocalCluster(held, start, run, port, password, say);
    }

    /// <summary>
    /// Finds the cluster that another process runs on the data directory. It waits for a cluster that is still starting. Disposing of
    /// the result does not stop the server.
    /// </summary>
    /// <returns>The running cluster, or null when none runs.</returns>
    /// <exception cref="LocalPostgresException">It runs, but this user may not read its files, or it does not become ready.</exception>
    public static async Task<LocalCluster?> TryAttachAsync(string dataDirectory, CancellationToken ct)
    {
        try
        {
            var place = ClusterPlace.Of(dataDirectory);
            for (var waited = TimeSpan.Zero; waited < AttachLimit; waited += AttachPause)
            {
                if (Postmaster.Read(place) is not { } postmaster || !await postmaster.IsAliveAsync(place, ct))
                    return null;
                if (postmaster is { IsReady: true, Port: { } port })
                {
                    var binaries = await RunningBinaries.OfAsync(place, ct);
                    var password = await File.ReadAllTextAsync(place.Password, ct);
                    return new LocalCluster(binaries, port, postmaster.ProcessId, password);
                }

                await Task.Delay(AttachPause, ct);
            }
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new LocalPostgresException(
                $"A cluster in {dataDirectory} is not accessible to this user ({cause.Message}): run as the user who started it.", cause);
        }

        throw new LocalPostgresException(
            $"The PostgreSQL on {dataDirectory} has not become ready within {AttachLimit.TotalSeconds:0} s: try again later.");
    }

    /// <summary>Stops an owned server, with a fast shutdown and, after a time limit, with an immediate one. An attached server is not stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ownership is not null)
            await _ownership.DisposeAsync();
    }

    private async Task WatchAsync(Ownership ownership)
    {
        var stopping = ownership.Stopping;
        while (!stopping.IsCancellationRequested)
        {
            await Task.WhenAny(ownership.Run.Ended, Task.Delay(Timeout.Infinite, stopping));
            if (stopping.IsCancellationRequested || !await RestartAsync(ownership))
                return;
        }
    }

    /// <returns>False when the cluster is stopping, or when all attempts failed.</returns>
    private async Task<bool> RestartAsync(Ownership ownership)
    {
        ownership.Say($"PostgreSQL (process {ProcessId}) ended by itself; starting it again on port {Port}");
        for (var attempt = 1; attempt <= RestartAttemptsMax; attempt++)
        {
            try
            {
                ProcessId = await ownership.RestartAsync(Port);
                ownership.Say($"PostgreSQL runs again as process {ProcessId}");
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (Exception failure)
            {
                // Any failure is reported and retried, because nobody awaits this loop before the cluster is disposed of.
                ownership.Say($"Attempt {attempt} of {RestartAttemptsMax} failed: {failure.Message}");
                if (!await ownership.PauseAsync(RestartPause))
                    return false;
            }
        }

        return false;
    }
}
