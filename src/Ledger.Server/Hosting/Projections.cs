using Ledger.Store;

namespace Ledger.Server;

/// <summary>Runs Marten's daemon for as long as the server runs.</summary>
internal sealed class Projections : IHostedService, IAsyncDisposable
{
    public Projections(EventStore store, LedgerDatabase database, ILogger<Projections> logger)
    {
        Daemon = new(store, database.ServiceConnectionString, LedgerModel.WithProjections(store), logger);
    }

    internal ProjectionDaemon Daemon { get; }

    public Task StartAsync(CancellationToken cancellationToken) => Daemon.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Daemon.StopAsync();

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}
