using System.Diagnostics;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Feeds one projection from the log, on one node of the cluster at a time, and stores its checkpoint in the same
/// transaction as its rows.
/// </summary>
public sealed class ProjectionRunner
{
    /// <summary>Events in one transaction.</summary>
    public const int PageMax = 500;

    /// <summary>How often a node that does not hold the lease tries for it and looks at the checkpoint.</summary>
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(1);

    /// <summary>The same, while somebody on that node waits for a position.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Bounds how long the loop sleeps: then it asks its connection whether the lease still lives.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly EventStore store;
    private readonly IProjection projection;
    private readonly PositionSignal applied;
    private volatile ProjectionStatus status;

    /// <summary>Makes a runner; <see cref="RunAsync"/> starts it.</summary>
    public ProjectionRunner(EventStore store, IProjection projection)
    {
        this.store = store;
        this.projection = projection;
        Name = $"{projection.Name}:V{projection.Version}";
        applied = new(store.TimeProvider);
        status = new(Name, ProjectionState.Idle, 0, null, null);
    }

    /// <summary>Name of the checkpoint in <c>mt_event_progression</c>, <c>AssertionList:V1</c>.</summary>
    public string Name { get; }

    /// <summary>The last position that is known to be applied, on whichever node.</summary>
    public long Position => applied.Position;

    /// <summary>What it is doing, for health checks.</summary>
    public ProjectionStatus Status => status with { Position = Position };

    /// <summary>Runs until cancelled, or until an event cannot be applied (see <see cref="Status"/>); throws for neither.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                try
                {
                    await using var lease = await Lease.TryAcquireAsync(store.DataSource, $"projection {Name}", cancellationToken);
                    if (lease is null)
                    {
                        Show(ProjectionState.Standby);
                        applied.Advance(await store.ReadProgressAsync(Name, cancellationToken));
                        await Task.Delay(StandbyInterval, store.TimeProvider, cancellationToken);
                    }
                    else
                    {
                        status = await LeadAsync(lease, () => pause = FirstPause, cancellationToken);
                        return;
                    }
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested
                    && (e is StoreUnavailableException || ReadAttempts.IsPassing(e)))
                {
                    Show(ProjectionState.Retrying, e);
                    await Task.Delay(pause, store.TimeProvider, cancellationToken);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Show(ProjectionState.Idle);
        }
        catch (Exception e)
        {
            // Preparing failed, or the log could not be understood: as visible as a poison event, without its position.
            status = new(Name, ProjectionState.Stopped, Position, null, e);
        }
    }

    /// <summary>Waits until the projection has applied a position, here or on the node that runs it. False when the time is over.</summary>
    public async Task<bool> WaitForAsync(long position, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var began = store.TimeProvider.GetTimestamp();
        while (Position < position)
        {
            var left = timeout - store.TimeProvider.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (status.State is ProjectionState.Running)
            {
                await applied.WaitBeyondAsync(position - 1, left < StandbyInterval ? left : StandbyInterval, cancellationToken);
            }
            else
            {
                await applied.WaitBeyondAsync(position - 1, left < WatchInterval ? left : WatchInterval, cancellationToken);
                applied.Advance(await store.ReadProgressAsync(Name, cancellationToken));
            }
        }

        return true;
    }

    /// <summary>Applies pages for as long as the lease lives; ends by itself only at an event that cannot be applied.</summary>
    private async Task<ProjectionStatus> LeadAsync(Lease lease, Action succeeded, CancellationToken cancellationToken)
    {
        await using (var transaction = await lease.Connection.BeginTransactionAsync(cancellationToken))
        {
            await projection.PrepareAsync(lease.Connection, transaction, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // Only the holder of the lease writes it, so that from here on it need not be read again.
        var position = await store.ReadProgressAsync(Name, cancellationToken);
        applied.Advance(position);
        Show(ProjectionState.Running);
        succeeded();
        var pageLength = PageMax;
        while (true)
        {
            var page = await store.ReadFeedAsync(position, pageLength, FeedFilter.All, cancellationToken);
            StoreTelemetry.RecordLag(Name, page.Head - position);
            if (page.Events.Count == 0)
            {
                await store.WaitForAsync(position, IdleMax, cancellationToken);
                await DemandLeaseAsync(lease, cancellationToken);
                continue;
            }

            try
            {
                await ApplyAsync(page.Events, lease.Connection, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not StoreUnavailableException && !ReadAttempts.IsPassing(e))
            {
                if (page.Events is [var poison])
                {
                    return new(Name, ProjectionState.Stopped, position, poison.Position, e);
                }

                // One of these: they are applied one by one from here, up to the one that fails.
                pageLength = 1;
                continue;
            }

            position = page.Next;
            pageLength = Math.Min(pageLength * 2, PageMax);
            applied.Advance(position);
            StoreTelemetry.RecordLag(Name, page.Head - position);
            succeeded();
        }
    }

    private async Task ApplyAsync(
        IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var activity = StoreTelemetry.Activities.StartActivity("project");
        activity?.SetTag("ledger.projection", Name);
        activity?.SetTag("ledger.position", page[^1].Position);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await projection.ApplyAsync(page, connection, transaction, cancellationToken);
        await using var mark = new NpgsqlCommand("select ledger.mt_mark_event_progression($1, $2)", connection, transaction);
        mark.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        mark.Parameters.Add(new NpgsqlParameter<long> { TypedValue = page[^1].Position });
        await mark.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task DemandLeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var ask = new NpgsqlCommand("select", lease.Connection);
        await ask.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Show(ProjectionState state, Exception? error = null) => status = new(Name, state, Position, null, error);
}
