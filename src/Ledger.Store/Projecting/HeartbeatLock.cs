using JasperFx.Events.Daemon;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// The advisory locks by which the nodes share out the projections, kept by a heartbeat. Marten's own lock lives as long as its connection, and the
/// kernel keeps the connection of a process that is paused alive: the projections of a paused node stood still until it was resumed or killed.
/// This lock's session is ended by the server when the heartbeat stops, so that another node takes over within seconds.
/// </summary>
internal sealed class HeartbeatLock(NpgsqlDataSource dataSource, TimeProvider timeProvider) : IAdvisoryLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the server waits for a heartbeat. A node does not trust its locks for that long without one.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim gate = new(1);
    private readonly HashSet<int> held = [];
    private NpgsqlConnection? connection;
    private ITimer? heartbeat;
    private long lastBeat;

    public bool HasLock(int lockId)
    {
        lock (held)
        {
            return held.Contains(lockId) && timeProvider.GetElapsedTime(lastBeat) < SilenceMax;
        }
    }

    public Task<bool> TryAttainLockAsync(int lockId, CancellationToken token) => AloneAsync(async () =>
    {
        var session = connection ?? await OpenAsync(token);
        await using var attain = new NpgsqlCommand("select pg_try_advisory_lock($1)", session) { Parameters = { new() { Value = (long)lockId } } };
        var attained = await attain.ExecuteScalarAsync(token) is true;
        lock (held)
        {
            lastBeat = timeProvider.GetTimestamp();
            if (attained && !held.Add(lockId))
            {
                return true;        // It was held all along.
            }
        }

        return attained;
    }, token);

    public Task ReleaseLockAsync(int lockId) => AloneAsync(async () =>
    {
        bool wasHeld;
        lock (held)
        {
            wasHeld = held.Remove(lockId);
        }

        if (wasHeld && connection is { } session)
        {
            await using var release = new NpgsqlCommand("select pg_advisory_unlock($1)", session) { Parameters = { new() { Value = (long)lockId } } };
            await release.ExecuteNonQueryAsync();
        }

        return true;
    }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync();
        await CloseAsync();
        gate.Dispose();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // Not from the pool: its locks and settings end with it.
        var opened = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var silence = new NpgsqlCommand($"set idle_session_timeout = {(int)SilenceMax.TotalMilliseconds}", opened);
        await silence.ExecuteNonQueryAsync(cancellationToken);
        connection = opened;
        heartbeat = timeProvider.CreateTimer(_ => _ = BeatAsync(), null, Interval, Interval);
        return opened;
    }

    private async Task BeatAsync()
    {
        if (!await gate.WaitAsync(TimeSpan.Zero))
        {
            return;     // Whoever has it speaks to the server.
        }

        try
        {
            if (connection is { } session)
            {
                await using var beat = new NpgsqlCommand("select", session) { CommandTimeout = (int)SilenceMax.TotalSeconds };
                await beat.ExecuteNonQueryAsync();
                lock (held)
                {
                    lastBeat = timeProvider.GetTimestamp();
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await CloseAsync();     // The locks went with the session; the next attempt opens another.
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<bool> AloneAsync(Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await CloseAsync();
            return false;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task CloseAsync()
    {
        lock (held)
        {
            held.Clear();
        }

        if (heartbeat is not null)
        {
            await heartbeat.DisposeAsync();
            heartbeat = null;
        }

        if (connection is { } session)
        {
            connection = null;
            NpgsqlConnection.ClearPool(session);
            await session.DisposeAsync();
        }
    }
}
