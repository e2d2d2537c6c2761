using System.Diagnostics.CodeAnalysis;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.Events.Subscriptions;
using Marten;
using Microsoft.Extensions.Logging;

namespace Ledger.Store;

/// <summary>Fills a read model's empty tables by a way of its own, and stores its progress.</summary>
/// <param name="toPosition">The last position to be filled in.</param>
/// <param name="cancellationToken">Cancels.</param>
/// <returns>The position that it has reached.</returns>
public delegate Task<long> Fill(long toPosition, CancellationToken cancellationToken);

/// <summary>
/// A read model that Marten's daemon rebuilds by a way of its own (<see cref="IReplayExecutor"/>), where one is given: the assertion list is filled
/// stream after stream, which keeps one state in memory instead of all.
/// </summary>
public sealed class ReadModelSource(ReadModelProjection projection, Fill fill)
    : ProjectionWrapper<IDocumentOperations, IQuerySession>(projection, ProjectionLifecycle.Async), ISubscriptionFactory<IDocumentOperations, IQuerySession>
{
    private readonly ReadModelProjection projection = projection;

    ISubscriptionExecution ISubscriptionFactory<IDocumentOperations, IQuerySession>.BuildExecution(
        IEventStore<IDocumentOperations, IQuerySession> store, IEventDatabase database, ILoggerFactory loggerFactory, ShardName shardName) =>
        new Execution(shardName, Options, store, database, projection, loggerFactory.CreateLogger<ReadModelSource>(), fill);

    ISubscriptionExecution ISubscriptionFactory<IDocumentOperations, IQuerySession>.BuildExecution(
        IEventStore<IDocumentOperations, IQuerySession> store, IEventDatabase database, ILogger logger, ShardName shardName) =>
        new Execution(shardName, Options, store, database, projection, logger, fill);

    private sealed class Execution(
        ShardName shardName, AsyncOptions options, IEventStore<IDocumentOperations, IQuerySession> store, IEventDatabase database,
        ReadModelProjection projection, ILogger logger, Fill fill)
        : ProjectionExecution<IDocumentOperations, IQuerySession>(shardName, options, store, database, projection, logger)
    {
        public override bool TryBuildReplayExecutor([NotNullWhen(true)] out IReplayExecutor? executor)
        {
            executor = new Replay(_database, fill);
            return true;
        }
    }

    private sealed class Replay(IEventDatabase database, Fill fill) : IReplayExecutor
    {
        public async Task StartAsync(SubscriptionExecutionRequest request, ISubscriptionController controller, CancellationToken cancellation)
        {
            var head = request.StartingHighWater ?? await database.FetchHighestEventSequenceNumber(cancellation);
            await controller.MarkSuccessAsync(await fill(head, cancellation));
        }
    }
}
