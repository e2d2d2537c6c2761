using Npgsql;

namespace Ledger.Store;

/// <summary>
/// A node's place among those that share out work, for as long as one session lives. A node that dies or is paused loses it
/// as it loses its leases.
/// </summary>
public sealed class Membership : IAsyncDisposable
{
    private readonly Lease place;
    private readonly long key;

    private Membership(Lease place, long key)
    {
        this.place = place;
        this.key = key;
    }

    /// <summary>Joins.</summary>
    /// <param name="dataSource">From <see cref="ServiceDataSource"/>.</param>
    /// <param name="group">What the nodes share out.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="InvalidOperationException">A lease is named as the group is.</exception>
    public static async Task<Membership> JoinAsync(NpgsqlDataSource dataSource, string group, CancellationToken cancellationToken = default)
    {
        var place = await Lease.TryShareAsync(dataSource, group, Lease.SilenceMax, cancellationToken)
            ?? throw new InvalidOperationException($"The lease {group} is held by one node alone, and cannot be a group.");
        return new(place, Lease.KeyOf(group));
    }

    /// <summary>Who is there and what is held, now. To look often keeps the place.</summary>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="StoreUnavailableException">The place was lost, and the keepalive has noticed it.</exception>
    public async Task<LeasesHeld> LookAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (InvalidOperationException e) when (place.IsKnownLost)
        {
            throw new StoreUnavailableException("The place among the nodes was lost.", outcomeKnown: true, e);
        }
    }

    /// <summary>Leaves.</summary>
    public ValueTask DisposeAsync() => place.DisposeAsync();

    private async Task<LeasesHeld> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select (classid::bigint << 32) | objid::bigint, count(*) from pg_locks
            where locktype = 'advisory' and objsubid = 1 and granted and database = (select oid from pg_database where datname = current_database())
            group by 1
            """, place.Connection);
        var holders = new Dictionary<long, long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            holders.Add(row.GetInt64(0), row.GetInt64(1));
        }

        return new((int)holders.GetValueOrDefault(key), holders.Keys.ToHashSet());
    }
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
