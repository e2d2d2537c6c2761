using Ledger.Store;

namespace Ledger.Server;

/// <summary>Runs every projection for as long as the server runs, and knows how far each has come.</summary>
internal sealed partial class Projections : BackgroundService
{
    /// <summary>A database that is away must not keep the server from saying so.</summary>
    private static readonly TimeSpan PrepareMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PrepareInterval = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _clock;
    private readonly ILogger<Projections> _logger;

    public Projections(EventStore store, TimeProvider clock, ILogger<Projections> logger)
    {
        _clock = clock;
        _logger = logger;
        Runners =
        [
            .. All(store).Select(p => new ProjectionRunner(store, p)),
        ];
    }

    internal IReadOnlyList<ProjectionRunner> Runners { get; }

    /// <summary>Every projection there is.</summary>
    internal static IEnumerable<IProjection> All(EventStore store) =>
        [.. Rebuildable(store, ReadModels.Schema), new PropagationPolicy(store), new UnansweredProjection(store), new DocumentProjection(), new TextFlagProjection()];

    /// <summary>Those that can be filled in another schema and then take over.</summary>
    internal static IEnumerable<IRebuildable> Rebuildable(EventStore store, string schema) =>
        [new AssertionListProjection(store, schema), new CatalogProjection(schema), new LinkProjection(schema), new RestrictionProjection(schema)];

    /// <summary>The server listens when the tables that its reads need are there, or soon will be on the node that makes them.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        var began = _clock.GetTimestamp();
        while (Runners.Any(r => r.Status.State == ProjectionState.Idle) && _clock.GetElapsedTime(began) < PrepareMax)
        {
            await Task.Delay(PrepareInterval, _clock, cancellationToken);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Runners.Select(r => RunAsync(r, stoppingToken)));

    private async Task RunAsync(ProjectionRunner runner, CancellationToken stoppingToken)
    {
        try
        {
            await runner.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // The runner has stopped for good and says so by its status, which health reports; the others go on.
            LogStopped(_logger, runner.Name, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Projection {Name} stopped")]
    private static partial void LogStopped(ILogger logger, string name, Exception e);
}
