using System.Collections.Frozen;
using Ledger.Store;
using Ledger.Transparency;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Signs the log on one node of the cluster. It follows the appends, computes the leaf of every event from its stored row, stores the tree and signs the
/// head of the tree. Before its first signature, each process computes the tree of the whole log again and compares it with what was signed.
/// </summary>
internal sealed partial class Integrator(EventStore store, LogKey key, Erasures erasures, LedgerSettings settings, TimeProvider clock, ILogger<Integrator> logger)
    : BackgroundService
{
    /// <summary>
    /// The time between two signed heads while events keep coming. The promised lag is 200 ms. The commits of the signer cost the append nothing that can
    /// be measured.
    /// </summary>
    private static readonly TimeSpan SigningInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a node without the lease tries to take it, and how often an idle holder checks that it still has it.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    private volatile ProofStatus _status = new(ProofState.Standby, 0, [], null);

    internal ProofStatus Status => _status;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await Lease.TryAcquireAsync(store.DataSource, "log integrator", Lease.SilenceMax, stoppingToken);
                if (lease is not null)
                {
                    await LeadAsync(lease.Connection, stoppingToken);
                }

                _status = _status with { State = ProofState.Standby };
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Reading and recording go on whatever the error was. The next attempt computes everything again.
                LogFailed(logger, e);
                _status = new(ProofState.Retrying, _status.Size, [], "The signer failed and tries again; the log says why.");
            }

            await Task.Delay(IdleInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Holds the lease and signs. After a refusal it keeps the lease, so that no other node signs either.</summary>
    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            var tree = await RecomputeAsync(connection, leading.Token);
            var signing = SignOnAsync(tree, connection, leading.Token);
            var scanning = new LogScan(store, erasures, clock).RunAsync(() => Status.Size, TimeSpan.FromMilliseconds(settings.ScanPauseMs), leading.Token);
            var first = await Task.WhenAny(signing, scanning);
            await leading.CancelAsync();
            await Task.WhenAll(signing, scanning).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
        }
        catch (RefusedToSignException refused)
        {
            LogRefused(logger, refused.Message, refused.Positions);
            _status = new(ProofState.Refused, _status.Size, refused.Positions, refused.Message);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken);
        }
    }

    /// <summary>
    /// Computes the tree again up to the stored head. It compares every single leaf, so that it can name the position of a changed event.
    /// </summary>
    private async Task<SigningTree> RecomputeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _status = new(ProofState.Recomputing, 0, [], null);
        var remembered = key.RememberedHead();
        var tree = new SigningTree(key, Opened(remembered, $"the file {key.HeadFile}"), remembered);
        var stored = await TileStore.ReadHeadAsync(store.DataSource, cancellationToken);
        if (stored is not null && SignedNote.TryParse(System.Text.Encoding.UTF8.GetBytes(stored), out var note, out _)
            && Checkpoint.TryParse(note.Text, out var anyOrigin, out _) && anyOrigin.Origin != key.Origin)
        {
            LogNewOrigin(logger, anyOrigin.Origin, key.Origin);
            await TileStore.ClearAsync(connection, cancellationToken);
            stored = null;
        }

        var head = Opened(stored, "the table ledger_read.signed_head");
        await new LogScan(store, erasures, clock).CompareAsync(head?.Size ?? 0, tree.Append, cancellationToken);
        tree.DemandRoot(head);
        tree.TakeTiles(); // They are stored already.
        _status = _status with { Size = head?.Size ?? 0 };
        return tree;
    }

    private Checkpoint? Opened(string? note, string place)
    {
        if (note is null)
        {
            return null;
        }

        return key.TryOpen(note, out _, out var checkpoint, out var problem) ? checkpoint : throw new RefusedToSignException(
            $"The last head in {place} was not signed by this node's key ({problem}). Give every node the same key (Ledger:SigningKey), or go on under a new Ledger:Origin.");
    }

    private async Task SignOnAsync(SigningTree tree, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var started = clock.GetTimestamp();
            if (!await TakeAsync(tree, started, cancellationToken))
            {
                tree.DemandComplete();
                await SignEmptyAsync(tree, connection, cancellationToken);
                _status = _status with { State = ProofState.Signing };
                await store.WaitForAsync(tree.Size, IdleInterval, cancellationToken);
                await using var alive = new NpgsqlCommand("select", connection);
                await alive.ExecuteNonQueryAsync(cancellationToken);
                continue;
            }

            var head = tree.Sign();
            await TileStore.SaveAsync(connection, tree.TakeTiles(), head, cancellationToken);
            _status = new(head is null ? ProofState.Recomputing : ProofState.Signing, head is null ? _status.Size : tree.Size, [], null);
            if (SigningInterval - clock.GetElapsedTime(started) is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>Adds the new events to the tree, page by page, until a page is not full or it is time to sign. False if there was no new event.</summary>
    private async Task<bool> TakeAsync(SigningTree tree, long started, CancellationToken cancellationToken)
    {
        for (var before = tree.Size; ;)
        {
            var length = tree.PageLength(EventStore.FeedPageMax);
            var page = (await store.FollowAsync(tree.Size, length, FrozenSet<string>.Empty, cancellationToken)).Events;
            if (page.Count > 0)
            {
                await NewEvents.DemandPlausibleAsync(store.DataSource, page, tree.Size, cancellationToken);
                foreach (var e in page)
                {
                    tree.Append(LeafRow.Of(e));
                }
            }

            if (page.Count < length || clock.GetElapsedTime(started) >= SigningInterval)
            {
                return tree.Size > before;
            }
        }
    }

    /// <summary>An empty log gets a signed head too, so that the first request for a head has an answer.</summary>
    private async Task SignEmptyAsync(SigningTree tree, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (tree.Size == 0 && await TileStore.ReadHeadAsync(store.DataSource, cancellationToken) is null && tree.Sign() is { } head)
        {
            await TileStore.SaveAsync(connection, [], head, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The signer failed and will try again")]
    private static partial void LogFailed(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Signing of the log has stopped. {Reason} Positions: {Positions}")]
    private static partial void LogRefused(ILogger logger, string reason, IReadOnlyList<long> positions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stored tree belongs to the log {Old} and is deleted; a new tree begins for the log {New}")]
    private static partial void LogNewOrigin(ILogger logger, string old, string @new);
}
