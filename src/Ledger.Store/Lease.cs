using System.Buffers.Binary;
using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// The exclusive right of one node in the cluster to do something, for as long as one connection lives. The holder does its writes over that
/// connection, so that a node which lost it (because it was paused or cut off) cannot write any more.
/// </summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly long key;

    private Lease(NpgsqlConnection connection, long key)
    {
        Connection = connection;
        this.key = key;
    }

    /// <summary>
    /// How long the session of a holder may be idle before the server ends it. This bound is for holders that may be paused, because the kernel keeps
    /// the connection of a paused process alive. A running process sends a keepalive within that time.
    /// </summary>
    public static TimeSpan SilenceMax { get; } = TimeSpan.FromSeconds(8);

    /// <summary>The connection that holds the lease. When it is lost, the lease is lost.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Whether the holder has noticed that it lost the lease. Then its connection accepts no command (InvalidOperationException).</summary>
    public bool IsKnownLost => Connection.FullState != ConnectionState.Open;

    /// <summary>
    /// Takes the lease; null when another session holds it. It is a session-level advisory lock, because a transaction-level
    /// lock would be released with every commit.
    /// </summary>
    /// <param name="dataSource">Made by <see cref="ServiceDataSource"/>, whose keepalive bounds how long a dead node holds the lease.</param>
    /// <param name="name">The name of the lease: what it is for.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static Task<Lease?> TryAcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken = default) =>
        TryAcquireAsync(dataSource, name, TimeSpan.Zero, cancellationToken);

    /// <summary>Takes the lease as the other overload does, and makes the server end the holder's session when it is idle for too long.</summary>
    /// <param name="dataSource">Made by <see cref="ServiceDataSource"/>.</param>
    /// <param name="name">The name of the lease: what it is for.</param>
    /// <param name="silenceMax">After this idle time the server ends the session, and the lease with it; zero means never.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static async Task<Lease?> TryAcquireAsync(
        NpgsqlDataSource dataSource, string name, TimeSpan silenceMax, CancellationToken cancellationToken = default)
    {
        var key = KeyOf(name);
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            // The timeout is set only together with the lease. Without the lease the session returns to the pool, where it may be idle for long.
            await using var acquire = new NpgsqlCommand(
                "select case when pg_try_advisory_lock($1) then set_config('idle_session_timeout', $2, false) is not null else false end", connection);
            acquire.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            acquire.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ((long)silenceMax.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) });
            if (await acquire.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new(connection, key);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>The key of the advisory lock that stands for the lease.</summary>
    /// <param name="name">The name of the lease: what it is for.</param>
    public static long KeyOf(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"ledger lease {name}")));

    /// <summary>Releases the lease and resets the settings of the session, because the pool does not reset a connection.</summary>
    public async ValueTask DisposeAsync()
    {
        var released = false;
        try
        {
            if (!IsKnownLost)
            {
                await using var release = new NpgsqlCommand("select pg_advisory_unlock($1)", Connection);
                release.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
                await release.ExecuteNonQueryAsync();
                await using var reset = new NpgsqlCommand("reset all", Connection);
                await reset.ExecuteNonQueryAsync();
                released = true;
            }
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection broke meanwhile, and the lock was released with it.
        }
        finally
        {
            if (!released)
            {
                // In the pool the session would live on and hold a lease that no node serves.
                NpgsqlConnection.ClearPool(Connection);
            }

            await Connection.DisposeAsync();
        }
    }
}
