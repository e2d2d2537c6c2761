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
    public const int PageMax = 4_000;

    /// <summary>
    /// Where a page brings many events there is a steady stream of them, and pages begin this far apart: an assertion that changes twice meanwhile
    /// is written once, and so is the checkpoint. Somebody who waits for a position ends the rest.
    /// </summary>
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(400);
    private const int BusyEvents = 250;

    /// <summary>How often a node that does not hold the lease tries for it and looks at the checkpoint.</summary>
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(1);

    /// <summary>The same, while somebody on that node waits for a position.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>How often a checkpoint is stored that only passes over events of others: nobody but another node looks at it.</summary>
    private static readonly TimeSpan MarkInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Bounds how long the loop sleeps: then it asks its connection whether the lease still lives.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly EventStore store;
    private readonly IProjection projection;
    private readonly PositionSignal wanted;     // the last position that somebody waited for
    private volatile PositionSignal applied;
    private volatile ProjectionStatus status;

    /// <summary>Makes a runner; <see cref="RunAsync"/> starts it.</summary>
    public ProjectionRunner(EventStore store, IProjection projection)
    {
        this.store = store;
        this.projection = projection;
        Name = $"{projection.Name}:V{projection.Version}";
        wanted = new(store.TimeProvider);
        applied = new(store.TimeProvider);
        status = new(Name, ProjectionState.Idle, 0, null, null);
    }

    /// <summary>Name of the checkpoint in <c>mt_event_progression</c>, <c>AssertionList:V1</c>.</summary>
    public string Name { get; }

    /// <summary>The last position that is known to be applied, on whichever node.</summary>
    public long Position => applied.Position;

    /// <summary>What it is doing, for health checks.</summary>
    public ProjectionStatus Status => status with { Position = Position };

    /// <summary>The lease that whoever runs a projection holds.</summary>
    public static string LeaseOf(string name) => $"projection {name}";

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
                    await using var lease = await Lease.TryAcquireAsync(store.DataSource, LeaseOf(Name), cancellationToken);
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
        wanted.Advance(position);
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
        if (applied.Position > position)
        {
            applied = new(store.TimeProvider);      // A crash of the database took the last commits away.
        }

        applied.Advance(position);
        Show(ProjectionState.Running);
        succeeded();
        var pageLength = PageMax;
        var marked = position;
        var markedAt = 0L;
        while (true)
        {
            var began = store.TimeProvider.GetTimestamp();
            var page = await store.FollowAsync(position, pageLength, projection.Types, cancellationToken);
            StoreTelemetry.RecordLag(Name, page.Head - position);
            try
            {
                if (page.Events.Count > 0 || (marked < page.Next && Left(markedAt, MarkInterval) <= TimeSpan.Zero))
                {
                    await ApplyAsync(page, lease.Connection, cancellationToken);
                    (marked, markedAt) = (page.Next, store.TimeProvider.GetTimestamp());
                }
                else if (page.Next == position)
                {
                    var head = await store.WaitForAsync(position, marked < position ? Left(markedAt, MarkInterval) : IdleMax, cancellationToken);
                    if (head <= position && marked == position)
                    {
                        await DemandLeaseAsync(lease, cancellationToken);
                    }
                }
            }
            catch (Exception e) when (page.Events.Count > 0
                && !cancellationToken.IsCancellationRequested && e is not StoreUnavailableException && !ReadAttempts.IsPassing(e))
            {
                if (page.Events is [var poison])
                {
                    return new(Name, ProjectionState.Stopped, position, poison.Position, e);
                }

                // One of these: they are applied one by one from here, up to the one that fails.
                pageLength = 1;
                continue;
            }

            if (page.Next > position)
            {
                position = page.Next;
                pageLength = Math.Min(pageLength * 2, PageMax);
                applied.Advance(position);
                StoreTelemetry.RecordLag(Name, page.Head - position);
                succeeded();
                if (page.Events.Count >= BusyEvents && page.Next >= page.Head)
                {
                    await wanted.WaitBeyondAsync(position, Left(began, BusyInterval), cancellationToken);
                }
            }
        }
    }

    private TimeSpan Left(long since, TimeSpan interval) => since == 0 ? TimeSpan.Zero : interval - store.TimeProvider.GetElapsedTime(since);

    private async Task ApplyAsync(FeedPage page, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var activity = StoreTelemetry.Activities.StartActivity("project");
        activity?.SetTag("ledger.projection", Name);
        activity?.SetTag("ledger.position", page.Next);
        if (page.Events.Count == 0)
        {
            await MarkAsync(page.Next, connection, null, cancellationToken);     // A statement alone is a transaction of its own.
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await projection.ApplyAsync(page.Events, connection, transaction, cancellationToken);
        await MarkAsync(page.Next, connection, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task MarkAsync(long position, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        // A crash may take the last commits away again, rows and checkpoint together: the log, whose own commits are
        // durable, has what is needed to make them again.
        await using var mark = new NpgsqlCommand(
            "select set_config('synchronous_commit', 'off', true), ledger.mt_mark_event_progression($1, $2)", connection, transaction);
        mark.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        mark.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        await mark.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task DemandLeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var ask = new NpgsqlCommand("select", lease.Connection);
        await ask.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Show(ProjectionState state, Exception? error = null) => status = new(Name, state, Position, null, error);
}
