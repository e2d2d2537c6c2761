using System.Diagnostics.Metrics;
using JasperFx;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// The projections of one node: Marten's daemon, with what the ledger sets. It works over connections of its own, whose commits do not wait for the
/// disk: a crash takes rows and progress together, and the log, whose own commits are durable, has what makes them again.
/// </summary>
public sealed class ProjectionDaemon : IAsyncDisposable
{
    private const int LeadershipPollingMs = 1_000;
    private static readonly TimeSpan HealthCheckInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long the daemon waits for a notification before it asks by itself.</summary>
    private static readonly TimeSpan PollingTime = TimeSpan.FromSeconds(2);

    /// <summary>How often a waiter asks the database, where another node runs the projection.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(25);

    private readonly EventStore store;
    private readonly NpgsqlDataSource dataSource;
    private readonly PositionSignal wanted;         // the last position that somebody waited for
    private readonly DocumentStore documents;
    private readonly SingleTenantProjectionDistributor distributor;
    private readonly ProjectionCoordinator coordinator;
    private readonly Dictionary<string, Followed> followed;
    private readonly Meter lag;
    private IDisposable? observation;
    private int disposed;

    /// <summary>Makes the daemon; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="store">The log.</param>
    /// <param name="connectionString">A login that is a member of the service's role.</param>
    /// <param name="model">What the log holds, with its projections.</param>
    /// <param name="logger">Told what Marten has to say.</param>
    public ProjectionDaemon(EventStore store, string connectionString, LogModel model, ILogger logger)
    {
        this.store = store;
        wanted = new(store.TimeProvider);
        dataSource = ServiceDataSource.Create(connectionString, waitForDisk: false);
        documents = MartenConfiguration.OpenForProjections(dataSource, model);
        var projections = documents.Options.Projections;
        projections.LeadershipPollingTime = LeadershipPollingMs;
        projections.HealthCheckPollingTime = HealthCheckInterval;
        (projections.FastPollingTime, projections.SlowPollingTime) = (PollingTime, PollingTime);
        projections.Wakeup = new HeadWakeup(store, wanted, store.TimeProvider);
        projections.Errors.SkipApplyErrors = false;
        projections.Errors.SkipSerializationErrors = false;
        projections.Errors.SkipUnknownEvents = false;
        distributor = ProjectionCoordinator.Distribute(documents, dataSource, store.TimeProvider);
        coordinator = new(documents, distributor, store.TimeProvider, logger);
        followed = projections.AllShards()
            .ToDictionary(s => s.Name.Identity, _ => new Followed(store.TimeProvider), StringComparer.Ordinal);
        // One that has stopped at an event lags more and more: that is what an operator must see.
        lag = StoreTelemetry.ReportLag(() => followed.Where(f => f.Value.Runs || f.Value.Failure is not null)
            .Select(f => (f.Key, store.KnownHead - f.Value.Applied.Position)));
    }

    /// <summary>The names of the projections' progress.</summary>
    public IReadOnlyCollection<string> Names => followed.Keys;

    /// <summary>Starts to compete for the projections.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        observation = Daemon.Tracker.Subscribe(new Observer(this));
        return coordinator.StartAsync(cancellationToken);
    }

    /// <summary>Ends the pages under way and gives the projections back, so that another node takes over at once.</summary>
    public Task StopAsync() => coordinator.StopAsync(CancellationToken.None);

    /// <summary>What this node does with a projection.</summary>
    public ProjectionStatus StatusOf(string name)
    {
        var agent = Daemon.CurrentAgents().FirstOrDefault(a => a.Name.Identity == name);
        var failure = followed[name].Failure;
        return agent switch
        {
            { Status: AgentStatus.Running } => new(name, ProjectionState.Running, null, null),
            null when failure is null => new(name, ProjectionState.Standby, null, null),
            _ when failure is PoisonEventException poison => new(name, ProjectionState.Stopped, poison.Position, poison.InnerException),
            _ => new(name, failure is null ? ProjectionState.Standby : ProjectionState.Retrying, null, failure),
        };
    }

    /// <summary>How far a projection is, on whichever node.</summary>
    public async Task<long> PositionOfAsync(string name, CancellationToken cancellationToken = default)
    {
        var here = followed[name];
        if (here.Runs && StatusOf(name).State == ProjectionState.Running)
        {
            return here.Applied.Position;
        }

        var position = await store.ReadProgressAsync(name, cancellationToken);
        here.Applied.Advance(position);
        return position;
    }

    /// <summary>Waits until a projection has applied a position, here or on the node that runs it. False when the time is over.</summary>
    public async Task<bool> WaitForAsync(string name, long position, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var began = store.TimeProvider.GetTimestamp();
        var here = followed[name];
        wanted.Advance(position);
        while (await PositionOfAsync(name, cancellationToken) < position)
        {
            var left = timeout - store.TimeProvider.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            // Where this node runs it, applying wakes the waiter; a change of node is noticed by looking again.
            await here.Applied.WaitBeyondAsync(position - 1, left < WatchInterval ? left : WatchInterval, cancellationToken);
        }

        return true;
    }

    /// <summary>Whether any node runs a projection.</summary>
    /// <param name="dataSource">The ledger's database.</param>
    /// <param name="name">The name of its progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<bool> IsRunAnywhereAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand("""
            select exists (select from pg_locks l join pg_database d on d.oid = l.database
              where l.locktype = 'advisory' and l.granted and d.datname = current_database() and (l.classid::bigint << 32 | l.objid::bigint) = $1)
            """);
        command.Parameters.Add(new() { Value = (long)ProjectionCoordinator.LockOf(name) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;     // A container disposes of what it knows by two names twice.
        }

        observation?.Dispose();
        await StopAsync();
        await distributor.DisposeAsync();
        await documents.DisposeAsync();
        lag.Dispose();
        await dataSource.DisposeAsync();
    }

    private IProjectionDaemon Daemon => coordinator.DaemonForMainDatabase();

    private void Observe(ShardState state)
    {
        if (!followed.TryGetValue(state.ShardName, out var projection))
        {
            return;
        }

        if (state.Exception is ProgressionProgressOutOfOrderException)
        {
            // Another node has applied the page. Marten keeps the stopped agent and never starts it again on a node that gets the lock back.
            projection.Failure = null;
            projection.Runs = false;
            Daemon.EjectPausedShard(state.ShardName);
        }
        else if (state.Exception is { } failure)
        {
            projection.Failure = failure;
            projection.Runs = false;
        }
        else if (state.Action is ShardAction.Started or ShardAction.Updated)
        {
            if (!projection.Runs && projection.Applied.Position > state.Sequence)
            {
                projection.Applied = new(store.TimeProvider);       // A crash of the database took the last commits away.
            }

            projection.Runs = true;
            if (state.Action == ShardAction.Updated)
            {
                projection.Failure = null;
            }

            projection.Applied.Advance(state.Sequence);
        }
        else if (state.Action is ShardAction.Stopped or ShardAction.Paused)
        {
            projection.Runs = false;
        }
    }

    private sealed class Followed(TimeProvider timeProvider)
    {
        internal PositionSignal Applied { get; set; } = new(timeProvider);

        internal bool Runs { get; set; }

        internal Exception? Failure { get; set; }
    }

    private sealed class Observer(ProjectionDaemon daemon) : IObserver<ShardState>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(ShardState value) => daemon.Observe(value);
    }
}
