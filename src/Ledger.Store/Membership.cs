using System.Data;
using System.Globalization;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// A node's membership in a group of nodes that share work, and the leases for its part of the work. One database session holds all of them,
/// whatever their number. A node that dies or is paused loses the session, and with it the membership and all leases at once.
/// </summary>
public sealed class Membership : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly long key;

    /// <summary>A gate, because the connection can do only one thing at a time.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<string> held = new(StringComparer.Ordinal);
    private bool left;

    private Membership(NpgsqlConnection connection, long key)
    {
        this.connection = connection;
        this.key = key;
    }

    /// <summary>Whether the loss of the session was noticed. Then the membership and all leases are lost.</summary>
    public bool IsKnownLost => connection.FullState != ConnectionState.Open;

    /// <summary>Joins a group.</summary>
    /// <param name="dataSource">Made by <see cref="ServiceDataSource"/>.</param>
    /// <param name="group">The name of the group: the work that its nodes share.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="InvalidOperationException">A lease with the name of the group is held.</exception>
    public static async Task<Membership> JoinAsync(NpgsqlDataSource dataSource, string group, CancellationToken cancellationToken = default)
    {
        var key = Lease.KeyOf(group);
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            // Commits need not be durable at once. What a crash of the database loses is done again by the next holder of the lease.
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

    /// <summary>Takes a lease over the member's session; null where this member or another session holds it.</summary>
    /// <param name="name">The name of the lease: what it is for.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="StoreUnavailableException">The session was lost.</exception>
    public Task<MemberLease?> TryTakeAsync(string name, CancellationToken cancellationToken = default) => UseAsync<MemberLease?>(async session =>
    {
        // PostgreSQL would grant the lock to the same session twice.
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

    /// <summary>Reads how many members there are and which leases are held now. Frequent calls also keep the session from being ended as idle.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
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

    /// <summary>Leaves the group. The session lives until the last lease is released.</summary>
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

    /// <summary>Releases a lock that this member holds. True where it was the last one, so that the session is no longer needed.</summary>
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
            // The end of the session releases the locks that it still holds. A session that lived on would hold leases that no node serves.
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

    /// <summary>Ends the session. The pool is cleared first, so that it closes the returned connection instead of keeping it.</summary>
    private async Task EndSessionAsync()
    {
        NpgsqlConnection.ClearPool(connection);
        await connection.CloseAsync();
    }
}

/// <summary>
/// The exclusive right of one member in the cluster to do something. The holder does its writes over the session that holds the lease, so that a
/// node which lost it cannot write.
/// </summary>
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

    /// <summary>Runs work over the session that holds the lease. It waits for its turn, because the node's other leases use the same session.</summary>
    /// <param name="work">The work. It must end any transaction that it begins.</param>
    /// <param name="cancellationToken">Cancels the wait for the session.</param>
    /// <exception cref="StoreUnavailableException">The session was lost.</exception>
    public Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken = default) => member.UseAsync(work, cancellationToken);

    /// <summary>Releases the lease.</summary>
    public async ValueTask DisposeAsync() => await member.GiveBackAsync(name);
}

/// <summary>The result of <see cref="Membership.LookAsync"/>.</summary>
/// <param name="Nodes">The number of members of the group, this one included.</param>
/// <param name="Keys">The keys (<see cref="Lease.KeyOf"/>) of the leases that any session holds.</param>
public sealed record LeasesHeld(int Nodes, IReadOnlySet<long> Keys)
{
    /// <summary>Whether any session holds the lease.</summary>
    /// <param name="name">The name of the lease: what it is for.</param>
    public bool Contains(string name) => Keys.Contains(Lease.KeyOf(name));
}
