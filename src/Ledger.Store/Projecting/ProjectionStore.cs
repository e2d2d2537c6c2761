using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;

namespace Ledger.Store;

/// <summary>
/// Marten's document store for projections. It differs in one thing: its daemon loads events through <see cref="LogPages"/>, which reads a page of
/// the log once for all projections of this node. Marten's own loader reads it again for each projection.
/// </summary>
public sealed class ProjectionStore : DocumentStore, IEventStore<IDocumentOperations, IQuerySession>
{
    internal ProjectionStore(StoreOptions options, NpgsqlDataSource dataSource, LogModel model)
        : base(options) => Pages = new(dataSource, model, Events);

    /// <summary>The log as projections read it.</summary>
    public LogPages Pages { get; }

    IEventLoader IEventStore<IDocumentOperations, IQuerySession>.BuildEventLoader(
        IEventDatabase database, ILogger logger, EventFilterable filtering, AsyncOptions shardOptions) => Loader(database, filtering);

    IEventLoader IEventStore<IDocumentOperations, IQuerySession>.BuildEventLoader(
        IEventDatabase database, ILogger logger, EventFilterable filtering, AsyncOptions shardOptions, ShardName shardName) => Loader(database, filtering);

    private ResilientEventLoader Loader(IEventDatabase database, EventFilterable filtering) =>
        new(ResiliencePipeline.Empty, new Shard(Pages, [.. filtering.IncludedEventTypes]), database);

    /// <summary>What one projection loads.</summary>
    private sealed class Shard(LogPages pages, IReadOnlyCollection<Type> folds) : IEventLoader
    {
        public async Task<EventPage> LoadAsync(EventRequest request, CancellationToken token)
        {
            var (events, ceiling) = await pages.ReadAsync(request.Floor, request.HighWater, folds, token);
            var page = new EventPage(request.Floor);
            page.AddRange(events);
            page.CalculateCeiling(batchSize: int.MaxValue, ceiling);       // Never a full batch: the page ends where it says.
            return page;
        }
    }
}
