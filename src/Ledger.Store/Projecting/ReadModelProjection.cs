using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// A read model as Marten's daemon runs it. The rows of a page are written in the transaction in which Marten stores the progress, and after it:
/// Marten moves the progress from where the page began, and fails where another node has moved it, so that a node which was paused writes nothing.
/// </summary>
public sealed class ReadModelProjection : ProjectionBase, Marten.Events.Projections.IProjection
{
    /// <summary>Events in one transaction.</summary>
    public const int PageMax = 4_000;

    private readonly IReadModel model;

    /// <summary>Whether the last page failed: then its events are applied one by one, which names the one that fails.</summary>
    private bool searches;

    /// <summary>Wraps a read model.</summary>
    public ReadModelProjection(IReadModel model)
    {
        this.model = model;
        Name = model.Name;
        Version = model.Version;
        IncludeArchivedEvents = true;       // The log archives nothing, so there is nothing to filter.
        Options.BatchSize = PageMax;
        Options.MaximumHopperSize = 2 * PageMax;
        IncludedEventTypes.AddRange(model.Folds);
    }

    /// <summary>Called by the daemon, outside of the transaction.</summary>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(new Page(this, events));
        return Task.CompletedTask;
    }

    private async Task WriteAsync(IReadOnlyList<IEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        using var activity = StoreTelemetry.StartJoined("project", events.Select(e => e.Headers?.GetValueOrDefault(StoredHeaders.TraceParent)?.ToString()));
        activity?.SetTag("ledger.projection", Name);
        activity?.SetTag("ledger.position", events[^1].Sequence);
        if (searches)
        {
            foreach (var e in events)
            {
                try
                {
                    await model.ApplyAsync([e], connection, transaction, cancellationToken);
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested && !IsPassing(failure))
                {
                    throw new PoisonEventException(Name, e, failure);
                }
            }

            searches = false;
            return;
        }

        try
        {
            await model.ApplyAsync(events, connection, transaction, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && !IsPassing(failure))
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            searches = events.Count > 1;
            throw events is [var single] ? new PoisonEventException(Name, single, failure) : failure;
        }
    }

    internal static bool IsPassing(Exception failure) => failure is StoreUnavailableException || ReadAttempts.IsPassing(failure);

    private sealed class Page(ReadModelProjection projection, IReadOnlyList<IEvent> events) : ITransactionParticipant
    {
        public Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token) =>
            projection.WriteAsync(events, connection, transaction, token);
    }
}

/// <summary>An event that a read model cannot apply. It is never skipped: the read model stops there, visibly, until it is repaired.</summary>
/// <param name="readModel">The read model's name.</param>
/// <param name="e">The event.</param>
/// <param name="inner">What happened.</param>
public sealed class PoisonEventException(string readModel, IEvent e, Exception inner)
    : Exception($"{readModel} cannot apply the event at position {e.Sequence}: {inner.Message}", inner), IEventFailureContext
{
    /// <summary>The event's position.</summary>
    public long Position => e.Sequence;

    ShardFailureCategory IEventFailureContext.Category => ShardFailureCategory.ApplyEvent;

    long IEventFailureContext.Sequence => e.Sequence;

    string? IEventFailureContext.EventTypeName => e.EventTypeName;

    Guid? IEventFailureContext.EventId => e.Id;

    Guid? IEventFailureContext.StreamId => null;

    string? IEventFailureContext.StreamKey => e.StreamKey;

    string? IEventFailureContext.TenantId => e.TenantId;

    long? IEventFailureContext.Version => e.Version;
}
