using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Daemon;
using Marten.Events.Daemon.Coordination;
using Marten.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Shares the projections out over the nodes: each runs on the node that holds its lock. As Marten's own coordinator, but with locks that a
/// paused node loses (<see cref="HeartbeatLock"/>).
/// </summary>
internal sealed class ProjectionCoordinator : ProjectionCoordinatorBase, Marten.Events.Daemon.Coordination.IProjectionCoordinator
{
    private readonly DocumentStore documents;
    private readonly Lock gate = new();
    private IProjectionDaemon? daemon;

    public ProjectionCoordinator(DocumentStore documents, SingleTenantProjectionDistributor distributor, TimeProvider timeProvider, ILogger logger)
        : base(
            distributor, logger, Polly.ResiliencePipeline.Empty, timeProvider,
            TimeSpan.FromMilliseconds(documents.Options.Projections.LeadershipPollingTime), documents.Options.Projections.AgentPauseTime,
            documents.Options.Projections.HealthCheckPollingTime)
    {
        this.documents = documents;
        Logger = logger;
    }

    private ILogger Logger { get; }

    public override IProjectionDaemon DaemonForMainDatabase()
    {
        lock (gate)
        {
            return daemon ??= documents.BuildProjectionDaemonAsync(logger: Logger).AsTask().GetAwaiter().GetResult();
        }
    }

    public override ValueTask<IProjectionDaemon> DaemonForDatabase(string databaseIdentifier) => new(DaemonForMainDatabase());

    public override ValueTask<IReadOnlyList<IProjectionDaemon>> AllDaemonsAsync() => new(new[] { DaemonForMainDatabase() });

    protected override IProjectionDaemon ResolveDaemon(IProjectionSet set) => DaemonForMainDatabase();

    protected override IReadOnlyList<IProjectionDaemon> ResolvedDaemons()
    {
        lock (gate)
        {
            return daemon is null ? [] : [daemon];
        }
    }

    protected override void ClearResolvedDaemons()
    {
        lock (gate)
        {
            daemon = null;
        }
    }

    /// <summary>The lock of a projection, as every node computes it.</summary>
    internal static int LockOf(string name) => ShardName.TryParse(name, out var shard)
        ? ProjectionLockIds.Compute(MartenConfiguration.LogSchema, shard!, MartenConfiguration.DaemonLockId)
        : throw new ArgumentException($"{name} names no projection's progress.", nameof(name));

    /// <summary>Who competes for which lock. The caller disposes of it.</summary>
    internal static SingleTenantProjectionDistributor Distribute(DocumentStore documents, NpgsqlDataSource dataSource, TimeProvider timeProvider) => new(
        () => (IProjectionDatabase)documents.Storage.Database,
        () => documents.Options.Projections.AllShards().Select(s => s.Name),
        _ => new HeartbeatLock(dataSource, timeProvider),
        (database, names, lockId) => new ProjectionSet(lockId, (MartenDatabase)database, names),
        MartenConfiguration.LogSchema, MartenConfiguration.DaemonLockId);
}
