using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>How far a rebuild is.</summary>
internal sealed record RebuildProgress(string Name, long Position, long Target, double EventsPerSecond, string Doing);

/// <summary>
/// Fills a projection anew in a schema of its own, beside the one in service, which is read and written meanwhile. Then either the new tables
/// take over in one transaction, or the two are compared. Cancelled or failed, it leaves the old tables in service.
/// </summary>
internal sealed class ProjectionRebuild(EventStore store, string name)
{
    private const int PageEvents = EventStore.FeedPageMax;

    /// <summary>How long the take-over waits for readers that began before it; then it fails rather than hold up those behind it.</summary>
    private const string LockTimeout = "30s";

    /// <summary>What PostgreSQL may sort an index in, of its own memory.</summary>
    private const string IndexMemory = "128MB";

    private readonly IRebuildable _new = Projections.Rebuildable(store, ReadModels.RebuildSchema).Single(p => p.Name == name);
    private readonly IRebuildable _old = Projections.Rebuildable(store, ReadModels.Schema).Single(p => p.Name == name);
    private readonly Stopwatch _watch = new();
    private long _position;
    private bool _isAlone;

    private string Checkpoint => $"{_old.Name}:V{_old.Version}";

    /// <summary>Builds and takes over. False: another rebuild of this projection is running.</summary>
    internal async Task<bool> RebuildAsync(Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        await using var lease = await Lease.TryAcquireAsync(store.DataSource, $"rebuild {name}", cancellationToken);
        if (lease is null)
        {
            return false;
        }

        await WithinScratchAsync(lease.Connection, report, async () =>
        {
            report(Progress(_position, "indexing"));
            await InTurnsAsync(lease.Connection, _new.Indexes, cancellationToken);
            // The log of what was written so far reaches the disk with this: else the take-over would wait for that, and everybody for the take-over.
            await ExecuteAsync(lease.Connection, null, "reset synchronous_commit", cancellationToken);
            await InTurnsAsync(lease.Connection, _new.Tables.Select(t => $"analyze {ReadModels.RebuildSchema}.{t}"), cancellationToken);
            await InTransactionAsync(lease.Connection, async transaction =>
            {
                await CatchUpLockedAsync(lease.Connection, transaction, "access exclusive", cancellationToken);
                // Nobody can read until this commits: it waits neither for the disk nor for the old tables' removal. A crash may undo it.
                var swap = "set local synchronous_commit = off;" + string.Concat(_old.Tables.Select(t =>
                    $"alter table {ReadModels.Schema}.{t} set schema {ReadModels.RetiredSchema}; alter table {ReadModels.RebuildSchema}.{t} set schema {ReadModels.Schema};"));
                await ExecuteAsync(lease.Connection, transaction, swap, cancellationToken);
            }, cancellationToken);
            report(Progress(_position, "in service"));
        }, cancellationToken);
        return true;
    }

    /// <summary>Builds and compares; the first difference in words, null where every row is as a fold from the beginning makes it.</summary>
    internal async Task<string?> VerifyAsync(Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        await using var lease = await Lease.TryAcquireAsync(store.DataSource, $"rebuild {name}", cancellationToken);
        if (lease is null)
        {
            return $"{name} is being rebuilt; verify it afterwards.";
        }

        string? difference = null;
        await WithinScratchAsync(lease.Connection, report, () => InTransactionAsync(lease.Connection, async transaction =>
        {
            // The projection stands still while the two are compared; reads go on.
            await CatchUpLockedAsync(lease.Connection, transaction, "share", cancellationToken);
            report(Progress(_position, "comparing"));
            foreach (var table in _old.Tables)
            {
                difference ??= await DifferenceAsync(lease.Connection, transaction, table, cancellationToken);
            }
        }, cancellationToken), cancellationToken);
        return difference;
    }

    private async Task WithinScratchAsync(NpgsqlConnection connection, Action<RebuildProgress> report, Func<Task> finish, CancellationToken cancellationToken)
    {
        await DropAsync(connection);
        try
        {
            await PrepareAsync(connection, cancellationToken);
            await InTransactionAsync(connection, t => _new.CreateAsync(connection, t, cancellationToken), cancellationToken);
            _watch.Start();
            _isAlone = await IsAloneAsync(cancellationToken);
            await FillAsync(connection, report, cancellationToken);
            await finish();
        }
        finally
        {
            await DropAsync(connection);
        }
    }

    /// <summary>Only where no service ever ran: making an index "if not exists" locks its table first, and meets the projection's own writes.</summary>
    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var isThere = new NpgsqlCommand("select to_regclass($1) is not null", connection);
        isThere.Parameters.AddWithValue($"{ReadModels.Schema}.{_old.Tables[^1]}");
        if (await isThere.ExecuteScalarAsync(cancellationToken) is not true)
        {
            await InTransactionAsync(connection, t => _old.PrepareAsync(connection, t, cancellationToken), cancellationToken);
        }
    }

    /// <summary>
    /// Folds what the projection in service has: stream after stream if it can, the rest in pages, reading the next one while one is written.
    /// </summary>
    private async Task FillAsync(NpgsqlConnection connection, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        // A rebuild that a crash cuts short starts anew: nothing of it needs to reach the disk before the take-over does.
        await ExecuteAsync(connection, null, "set synchronous_commit = off", cancellationToken);
        var target = await store.ReadProgressAsync(Checkpoint, cancellationToken);
        if (_new is IFilledByStream byStream)
        {
            await byStream.FillAsync(connection, target, _isAlone, taken => report(Progress(target, "folding", taken)), cancellationToken);
            _position = target;
        }

        while (_position < (target = await store.ReadProgressAsync(Checkpoint, cancellationToken)))
        {
            var reading = store.ReadFeedAsync(_position, PageEvents, FeedFilter.All, cancellationToken);
            while (_position < target)
            {
                var page = await reading;
                reading = store.ReadFeedAsync(page.Next, PageEvents, FeedFilter.All, cancellationToken);
                await InTransactionAsync(connection, t => ApplyAsync(page.Events, target, connection, t, cancellationToken), cancellationToken);
                _position = Math.Min(page.Next, target);
                report(Progress(target, "folding"));
            }

            await reading;
        }
    }

    private async Task ApplyAsync(IReadOnlyList<RecordedEvent> page, long target, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var events = page is [.., var last] && last.Position > target ? [.. page.TakeWhile(e => e.Position <= target)] : page;
        if (events.Count > 0)
        {
            await _new.ApplyAsync(events, connection, transaction, cancellationToken);
        }
    }

    /// <summary>Whether no service projects meanwhile: only then the whole machine may be taken.</summary>
    private async Task<bool> IsAloneAsync(CancellationToken cancellationToken)
    {
        await using var lease = await Lease.TryAcquireAsync(store.DataSource, ProjectionRunner.LeaseOf(Checkpoint), cancellationToken);
        return lease is not null;
    }

    /// <summary>Runs what takes long: two at a time, so that while one index is written another is sorted; or beside a service one at a time, by one process.</summary>
    private async Task InTurnsAsync(NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = new ConcurrentQueue<string>(statements);
        await Task.WhenAll(RunAsync(connection), _isAlone ? RunSecondAsync() : Task.CompletedTask);

        async Task RunSecondAsync()
        {
            await using var second = await store.DataSource.OpenConnectionAsync(stop.Token);
            await ExecuteAsync(second, null, "set synchronous_commit = off", stop.Token);
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
    /// Locks the tables in service, so that the projection's own transaction is over or waits, then applies what it has by now. Tables are named
    /// in the readers' order, which spares a deadlock.
    /// </summary>
    private async Task CatchUpLockedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string mode, CancellationToken cancellationToken)
    {
        var tables = string.Join(", ", _old.Tables.Select(t => $"{ReadModels.Schema}.{t}"));
        await ExecuteAsync(connection, transaction, $"set local lock_timeout = '{LockTimeout}'; lock table {tables} in {mode} mode", cancellationToken);
        var target = await store.ReadProgressAsync(Checkpoint, cancellationToken);
        while (_position < target)
        {
            var page = await store.ReadFeedAsync(_position, PageEvents, FeedFilter.All, cancellationToken);
            await _new.ApplyAsync([.. page.Events.TakeWhile(e => e.Position <= target)], connection, transaction, cancellationToken);
            _position = Math.Min(page.Next, target);
        }
    }

    private async Task<string?> DifferenceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string table, CancellationToken cancellationToken)
    {
        string Only(string from, string without) =>
            $"(select x.row from (select t::text as row from {from}.{table} t except all select t::text from {without}.{table} t) x order by 1 limit 1)";
        await using var command = new NpgsqlCommand(
            $"select {Only(ReadModels.RebuildSchema, ReadModels.Schema)}, {Only(ReadModels.Schema, ReadModels.RebuildSchema)}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (folded, stored) = (reader[0] as string, reader[1] as string);
        return folded is null && stored is null
            ? null
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
}
