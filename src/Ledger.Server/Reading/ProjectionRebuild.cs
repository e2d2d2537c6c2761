using System.Collections.Concurrent;
using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Ledger.Store;
using Marten;
using Marten.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.Server;

/// <summary>How far a rebuild is.</summary>
internal sealed record RebuildProgress(string Name, long Position, long Target, double EventsPerSecond, string Doing);

/// <summary>
/// Lets Marten's daemon fill the next version of a projection in a schema of its own, beside the one in service, which is read and written meanwhile.
/// Then either the new tables take over in one transaction, or the two are compared. Cancelled or failed, it leaves the old tables in service.
/// </summary>
internal sealed class ProjectionRebuild(LedgerDatabase database, string name)
{
    /// <summary>How long the take-over waits for readers that began before it; then it fails rather than hold up those behind it.</summary>
    private const string LockTimeout = "30s";

    /// <summary>What PostgreSQL may sort an index in, of its own memory.</summary>
    private const string IndexMemory = "128MB";

    /// <summary>The caller's cancellation bounds a rebuild; Marten wants a number all the same.</summary>
    private static readonly TimeSpan RebuildMax = TimeSpan.FromDays(7);

    /// <summary>How long a projection in service may take to come as far as its rebuilt twin, before the two are compared.</summary>
    private static readonly TimeSpan FollowMax = TimeSpan.FromMinutes(10);

    private readonly EventStore _store = database.Store;
    private readonly IRebuildable _new = LedgerModel.Rebuildable(database.Store, ReadModels.RebuildSchema).Single(p => p.Name == name);
    private readonly IRebuildable _old = LedgerModel.Rebuildable(database.Store, ReadModels.Schema).Single(p => p.Name == name);
    private readonly Stopwatch _watch = new();
    private NpgsqlDataSource _owner = null!;
    private long _position;
    private bool _isAlone;

    private string InService => ShardName.Compose(_old.Name, version: _old.Version).Identity;

    private string Filling => ShardName.Compose(_old.Name, version: _old.Version + 1).Identity;

    /// <summary>Builds and takes over. False: another rebuild of this projection is running.</summary>
    internal Task<bool> RebuildAsync(Action<RebuildProgress> report, CancellationToken cancellationToken) => AloneAsync(async connection =>
    {
        await WithinScratchAsync(connection, report, async documents =>
        {
            report(Progress(_position, "indexing"));
            await InTurnsAsync(connection, _new.Indexes, cancellationToken);
            // The log of what was written so far reaches the disk with this: else the take-over would wait for that, and everybody for the take-over.
            await ExecuteAsync(connection, null, "reset synchronous_commit", cancellationToken);
            await InTurnsAsync(connection, _new.Tables.Select(t => $"analyze {ReadModels.RebuildSchema}.{t}"), cancellationToken);
            await InTransactionAsync(connection, async transaction =>
            {
                await CatchUpAsync(documents, connection, transaction, cancellationToken);
                await LockTablesAsync(connection, transaction, cancellationToken);
                // Nobody can read until this commits: it waits neither for the disk nor for the old tables' removal. A crash may undo it.
                var swap = "set local synchronous_commit = off;" + string.Concat(_old.Tables.Select(t =>
                    $"alter table {ReadModels.Schema}.{t} set schema {ReadModels.RetiredSchema}; alter table {ReadModels.RebuildSchema}.{t} set schema {ReadModels.Schema};"));
                await ExecuteAsync(connection, transaction, swap, cancellationToken);
                await StoreProgressAsync(InService, connection, transaction, cancellationToken);
            }, cancellationToken);
            report(Progress(_position, "in service"));
        }, cancellationToken);
        return true;
    }, otherwise: false, cancellationToken);

    /// <summary>Builds and compares; the first difference in words, null where every row is as a fold from the beginning makes it.</summary>
    internal Task<string?> VerifyAsync(Action<RebuildProgress> report, CancellationToken cancellationToken) => AloneAsync(async connection =>
    {
        string? difference = null;
        await WithinScratchAsync(connection, report, async documents =>
        {
            await FollowAsync(cancellationToken);
            await InTransactionAsync(connection, async transaction =>
            {
                // The projection stands still while the two are compared; reads go on.
                await CatchUpAsync(documents, connection, transaction, cancellationToken);
                report(Progress(_position, "comparing"));
                foreach (var table in _old.Tables)
                {
                    difference ??= await DifferenceAsync(connection, transaction, table, cancellationToken);
                }
            }, cancellationToken);
        }, cancellationToken);
        return difference;
    }, otherwise: $"{name} is being rebuilt; verify it afterwards.", cancellationToken);

    private async Task<T> AloneAsync<T>(Func<NpgsqlConnection, Task<T>> work, T otherwise, CancellationToken cancellationToken)
    {
        // A rebuild that a crash cuts short starts anew: nothing of it needs to reach the disk before the take-over does.
        await using var owner = Migrator.OwnerDataSource(database.OwnerConnectionString, "-c synchronous_commit=off");
        _owner = owner;
        await using var lease = await Lease.TryAcquireAsync(owner, $"rebuild {name}", cancellationToken);
        return lease is null ? otherwise : await work(lease.Connection);
    }

    private async Task WithinScratchAsync(NpgsqlConnection connection, Action<RebuildProgress> report, Func<ProjectionStore, Task> finish, CancellationToken cancellationToken)
    {
        await DropAsync(connection);
        try
        {
            await ExecuteAsync(connection, null, _new.TablesSql, cancellationToken);
            _watch.Start();
            _isAlone = !await ProjectionDaemon.IsRunAnywhereAsync(_owner, InService, cancellationToken);
            await using var documents = MartenConfiguration.OpenForProjections(_owner, Model(connection, report, cancellationToken));
            await FillAsync(documents, report, cancellationToken);
            await finish(documents);
        }
        finally
        {
            await DropAsync(connection);
        }
    }

    /// <summary>The next version alone, with the way by which it is filled.</summary>
    private LogModel Model(NpgsqlConnection connection, Action<RebuildProgress> report, CancellationToken cancellationToken) => LedgerModel.With(options =>
    {
        var projection = new ReadModelProjection(_new) { Version = _old.Version + 1 };
        if (_new is IFilledByStream byStream)
        {
            options.Projections.Add(new ReadModelSource(projection, async (target, _) =>
            {
                await byStream.FillAsync(connection, target, _isAlone, taken => report(Progress(target, "folding", taken)), cancellationToken);
                _position = target;
                await StoreProgressAsync(Filling, connection, null, cancellationToken);
                return target;
            }), ProjectionLifecycle.Async);
        }
        else
        {
            options.Projections.Add(projection, ProjectionLifecycle.Async);
        }
    });

    /// <summary>Has Marten's daemon fill the tables up to the head of the log.</summary>
    private async Task FillAsync(DocumentStore documents, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        using var daemon = await documents.BuildProjectionDaemonAsync(logger: NullLogger.Instance);
        using var watching = daemon.Tracker.Subscribe(new Watcher(this, daemon.Tracker, report));
        try
        {
            await daemon.RebuildProjectionAsync(name, RebuildMax, cancellationToken).WaitAsync(cancellationToken);
        }
        finally
        {
            await daemon.StopAllAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        _position = await _store.ReadProgressAsync(Filling, cancellationToken);
    }

    /// <summary>Has the projection in service come as far as the new one: beside a service by waiting, else here.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var daemon = new ProjectionDaemon(
            _store, database.ServiceConnectionString, LedgerModel.With(o => o.Projections.Add(new ReadModelProjection(_old), ProjectionLifecycle.Async)), NullLogger.Instance);
        await daemon.StartAsync(cancellationToken);
        if (!await daemon.WaitForAsync(InService, _position, FollowMax, cancellationToken))
        {
            throw new StoreUnavailableException($"{name} does not follow the log; see /health/ready of the service.", outcomeKnown: true);
        }
    }

    /// <summary>Runs what takes long: two at a time, so that while one index is written another is sorted; or beside a service one at a time, by one process.</summary>
    private async Task InTurnsAsync(NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = new ConcurrentQueue<string>(statements);
        await Task.WhenAll(RunAsync(connection), _isAlone ? RunSecondAsync() : Task.CompletedTask);

        async Task RunSecondAsync()
        {
            await using var second = await _owner.OpenConnectionAsync(stop.Token);
            await RunAsync(second);
        }

        async Task RunAsync(NpgsqlConnection on)
        {
            try
            {
                await ExecuteAsync(on, null, $"set maintenance_work_mem = '{IndexMemory}'{(_isAlone ? "" : "; set max_parallel_maintenance_workers = 0")}", stop.Token);
                while (left.TryDequeue(out var statement))
                {
                    await ExecuteAsync(on, null, statement, stop.Token);
                }

                await ExecuteAsync(on, null, "reset maintenance_work_mem; reset max_parallel_maintenance_workers", stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>
    /// Holds the progress of the projection in service, so that it stands still, and applies what it has by now. Progress is locked before the
    /// tables, as the projection's own transaction does, which spares a deadlock.
    /// </summary>
    private async Task CatchUpAsync(ProjectionStore documents, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, transaction, $"set local lock_timeout = '{LockTimeout}'", cancellationToken);
        await using var hold = new NpgsqlCommand("select last_seq_id from ledger.mt_event_progression where name = $1 for update", connection, transaction);
        hold.Parameters.Add(new() { Value = InService });
        var target = await hold.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
        while (_position < target)
        {
            var (events, ceiling) = await documents.Pages.ReadAsync(_position, target, _new.Folds, cancellationToken);
            if (events.Count > 0)
            {
                await _new.ApplyAsync(events, connection, transaction, cancellationToken);
            }

            _position = ceiling;
        }
    }

    /// <summary>Tables are named in the readers' order, which spares a deadlock.</summary>
    private Task LockTablesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) => ExecuteAsync(
        connection, transaction, $"lock table {string.Join(", ", _old.Tables.Select(t => $"{ReadModels.Schema}.{t}"))} in access exclusive mode", cancellationToken);

    private async Task StoreProgressAsync(string progress, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        await using var store = new NpgsqlCommand("select ledger.mt_mark_event_progression($1, $2)", connection, transaction);
        store.Parameters.Add(new() { Value = progress });
        store.Parameters.Add(new() { Value = _position });
        await store.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<string?> DifferenceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string table, CancellationToken cancellationToken)
    {
        var (folded, stored) = await TableComparison.DifferenceAsync(connection, transaction, table, cancellationToken);
        return folded is null && stored is null ? null
            : $"{name}, table {table}, at position {_position}: a fold gives {folded ?? "no such row"}, stored is {stored ?? "no such row"}";
    }

    private RebuildProgress Progress(long target, string doing, long? taken = null) =>
        new(name, taken ?? _position, target, (taken ?? _position) / Math.Max(_watch.Elapsed.TotalSeconds, 0.001), doing);

    /// <summary>
    /// Not cancellable: it is what cancelling does. One table at a time, since a reader that began before the take-over may still look at the old ones.
    /// </summary>
    private async Task DropAsync(NpgsqlConnection connection)
    {
        foreach (var table in _new.Tables)
        {
            await ExecuteAsync(connection, null, $"drop table if exists {ReadModels.RebuildSchema}.{table}", CancellationToken.None);
            await ExecuteAsync(connection, null, $"drop table if exists {ReadModels.RetiredSchema}.{table}", CancellationToken.None);
        }

        await ExecuteAsync(connection, null, $"delete from ledger.mt_event_progression where name = '{Filling}'", CancellationToken.None);
    }

    private static async Task InTransactionAsync(NpgsqlConnection connection, Func<NpgsqlTransaction, Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await work(transaction);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancellationToken)
    {
        // The last index of a large table takes minutes; the caller's cancellation bounds it, not a timeout.
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Tells how far Marten's daemon is.</summary>
    private sealed class Watcher(ProjectionRebuild rebuild, JasperFx.Events.Daemon.ShardStateTracker tracker, Action<RebuildProgress> report) : IObserver<ShardState>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(ShardState value)
        {
            if (value.ShardName == rebuild.Filling && value.Sequence > 0)
            {
                report(rebuild.Progress(tracker.HighWaterMark, "folding", value.Sequence));
            }
        }
    }
}
