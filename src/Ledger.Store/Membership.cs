using System.Data;
using System.Globalization;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// A node's place among those that share out work, and the leases of what it does of it: all held by one session of the
/// database, whatever their number. A node that dies or is paused loses the session, and with it everything at once.
/// </summary>
public sealed class Membership : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly long key;

    /// <summary>The connection does one thing at a time.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<string> held = new(StringComparer.Ordinal);
    private bool left;

    private Membership(NpgsqlConnection connection, long key)
    {
        this.connection = connection;
        this.key = key;
    }

    /// <summary>Whether the loss of the session was noticed: the place and all leases are lost.</summary>
    public bool IsKnownLost => connection.FullState != ConnectionState.Open;

    /// <summary>Joins.</summary>
    /// <param name="dataSource">From <see cref="ServiceDataSource"/>.</param>
    /// <param name="group">What the nodes share out.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="InvalidOperationException">A lease is named as the group is.</exception>
    public static async Task<Membership> JoinAsync(NpgsqlDataSource dataSource, string group, CancellationToken cancellationToken = default)
    {
        var key = Lease.KeyOf(group);
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            // What was written before a crash of the database, and is lost by it, is done again by whoever holds the lease next.
            await using var join = new NpgsqlCommand("""
                select case when pg_try_advisory_lock_shared($1)
                  then set_config('idle_session_timeout', $2, false) || set_config('synchronous_commit', 'off', false) is not null else false end
                """, connection);
            join.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            join.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ((long)Lease.SilenceMax.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) });
            return await join.ExecuteScalarAsync(cancellationToken) is true
                ? new(connection, key)
                : throw new InvalidOperationException($"The lease {group} is held by one node alone, and cannot be a group.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes a lease over the member's session, or gives null where this member or another session holds it.</summary>
    /// <param name="name">What the lease is for.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="StoreUnavailableException">The session was lost.</exception>
    public Task<MemberLease?> TryTakeAsync(string name, CancellationToken cancellationToken = default) => UseAsync<MemberLease?>(async session =>
    {
        // The database would give it to the same session twice.
        if (left || held.Contains(name))
        {
            return null;
        }

        await using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", session);
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Lease.KeyOf(name) });
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return null;
        }

        held.Add(name);
        return new(this, name);
    }, cancellationToken);

    /// <summary>Who is there and what is held, now. To look often keeps the place.</summary>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="StoreUnavailableException">The session was lost.</exception>
    public Task<LeasesHeld> LookAsync(CancellationToken cancellationToken = default) => UseAsync(async session =>
    {
        await using var command = new NpgsqlCommand("""
            select (classid::bigint << 32) | objid::bigint, count(*) from pg_locks
            where locktype = 'advisory' and objsubid = 1 and granted and database = (select oid from pg_database where datname = current_database())
            group by 1
            """, session);
        var holders = new Dictionary<long, long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            holders.Add(row.GetInt64(0), row.GetInt64(1));
        }

        return new LeasesHeld((int)holders.GetValueOrDefault(key), holders.Keys.ToHashSet());
    }, cancellationToken);

    /// <summary>Leaves. The session lives on until the last lease is given back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await UnlockAsync("pg_advisory_unlock_shared", key, () => !left && (left = true)))
        {
            await CloseAsync();
        }
    }

    internal async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await work(connection);
        }
        catch (InvalidOperationException e) when (IsKnownLost)
        {
            throw new StoreUnavailableException("The session that held this node's leases was lost.", outcomeKnown: false, e);
        }
        finally
        {
            turn.Release();
        }
    }

    internal async Task GiveBackAsync(string name)
    {
        if (await UnlockAsync("pg_advisory_unlock", Lease.KeyOf(name), () => held.Remove(name)))
        {
            await CloseAsync();
        }
    }

    /// <summary>Gives a lock back, where it is had; true where it was the last and the session has served.</summary>
    private async Task<bool> UnlockAsync(string unlock, long name, Func<bool> forget)
    {
        await turn.WaitAsync();
        try
        {
            if (!forget())
            {
                return false;
            }

            if (!IsKnownLost)
            {
                await using var release = new NpgsqlCommand($"select {unlock}($1)", connection);
                release.Parameters.Add(new NpgsqlParameter<long> { TypedValue = name });
                await release.ExecuteNonQueryAsync();
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // What is locked still is unlocked with the session's end: a session that lived on would hold what nobody serves.
            await EndSessionAsync();
        }
        finally
        {
            turn.Release();
        }

        return left && held.Count == 0;
    }

    private async Task CloseAsync()
    {
        try
        {
            if (!IsKnownLost)
            {
                await using var reset = new NpgsqlCommand("reset all", connection);
                await reset.ExecuteNonQueryAsync();
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await EndSessionAsync();
        }

        await connection.DisposeAsync();
        turn.Dispose();
    }

    /// <summary>The pool closes what it is given back, instead of keeping it as it is.</summary>
    private async Task EndSessionAsync()
    {
        NpgsqlConnection.ClearPool(connection);
        await connection.CloseAsync();
    }
}

/// <summary>The right of one member to do something alone in the cluster. It writes over the session that holds it, so that a node which lost it cannot write.</summary>
public sealed class MemberLease : IAsyncDisposable
{
    private readonly Membership member;
    private readonly string name;

    internal MemberLease(Membership member, string name)
    {
        this.member = member;
        this.name = name;
    }

    /// <summary>Whether the holder has noticed that it lost the lease.</summary>
    public bool IsKnownLost => member.IsKnownLost;

    /// <summary>Does something over the session that holds the lease, after what the node's other leases do there.</summary>
    /// <param name="work">What is done; it ends its transaction.</param>
    /// <param name="cancellationToken">Cancels the wait for the session.</param>
    /// <exception cref="StoreUnavailableException">The session was lost.</exception>
    public Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken = default) => member.UseAsync(work, cancellationToken);

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync() => await member.GiveBackAsync(name);
}

/// <summary>What <see cref="Membership.LookAsync"/> saw.</summary>
/// <param name="Nodes">The members of the group, this one among them.</param>
/// <param name="Keys">The leases that anybody holds, as <see cref="Lease.KeyOf"/> names them.</param>
public sealed record LeasesHeld(int Nodes, IReadOnlySet<long> Keys)
{
    /// <summary>Whether anybody holds the lease.</summary>
    /// <param name="name">What the lease is for.</param>
    public bool Contains(string name) => Keys.Contains(Lease.KeyOf(name));
}
