namespace Ledger.LocalPostgres;

/// <summary>What the process that started a cluster holds: the watch loop, the run and the lock. It releases them in this order.</summary>
internal sealed class Ownership(ClusterLock held, ServerStart start, IServerRun run, Action<string> say) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task? _ended;

    public Action<string> Say { get; } = say;

    public IServerRun Run { get; private set; } = run;

    public Task Watching { get; set; } = Task.CompletedTask;

    public CancellationToken Stopping => _stopping.Token;

    /// <returns>The process id of the new server.</returns>
    public async Task<int> RestartAsync(int port)
    {
        await Run.DisposeAsync();
        await ServerStop.StopIfRunningAsync(start.Place, start.Binaries, start.Account, Stopping);
        (Run, _) = await start.StartAsync(port, Stopping);
        return Run.ProcessId;
    }

    /// <returns>False when the cluster began to stop meanwhile.</returns>
    public async Task<bool> PauseAsync(TimeSpan pause)
    {
        await Task.WhenAny(Task.Delay(pause, Stopping));
        return !Stopping.IsCancellationRequested;
    }

    /// <summary>Stops the server, even one that lost its supervisor, and releases the lock for the next owner. Later calls await the first.</summary>
    public async ValueTask DisposeAsync()
    {
        Task ended;
        lock (_gate)
            ended = _ended ??= EndAsync();
        await ended;
    }

    private async Task EndAsync()
    {
        try
        {
            await _stopping.CancelAsync();
            await Watching;
            await Run.DisposeAsync();
            await ServerStop.StopIfRunningAsync(start.Place, start.Binaries, start.Account, CancellationToken.None);
            Say($"Stopped PostgreSQL on {start.Place.Data}");
        }
        finally
        {
            held.Dispose();
            _stopping.Dispose();
        }
    }
}
