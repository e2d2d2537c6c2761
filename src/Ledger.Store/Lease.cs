using System.Buffers.Binary;
using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// The right to do something alone in the cluster, for as long as one connection lives. The holder writes over that
/// connection, so that a node which lost it (paused, cut off) cannot write any more.
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
    /// How long the session of a holder that may be paused says nothing before the server ends it. The kernel keeps the
    /// connection of a paused process alive. A process that runs sends a keepalive within that time.
    /// </summary>
    public static TimeSpan SilenceMax { get; } = TimeSpan.FromSeconds(8);

    /// <summary>The connection that holds the lease; its loss is the lease's loss.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Whether the holder has noticed that it lost the lease. Then its connection takes no command (InvalidOperationException).</summary>
    public bool IsKnownLost => Connection.FullState != ConnectionState.Open;

    /// <summary>
    /// Takes the lease, or gives null when another session holds it. A session-scoped advisory lock: a transaction's
    /// would be given up with every commit.
    /// </summary>
    /// <param name="dataSource">From <see cref="ServiceDataSource"/>, whose keepalive bounds how long a dead node holds on.</param>
    /// <param name="name">What the lease is for.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static Task<Lease?> TryAcquireAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken = default) =>
        TryAcquireAsync(dataSource, name, TimeSpan.Zero, cancellationToken);

    /// <summary>Takes the lease as the other overload does, for a holder whose silence the server bounds.</summary>
    /// <param name="dataSource">From <see cref="ServiceDataSource"/>.</param>
    /// <param name="name">What the lease is for.</param>
    /// <param name="silenceMax">After this time without a word the server ends the session, and the lease with it; zero: never.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static async Task<Lease?> TryAcquireAsync(
        NpgsqlDataSource dataSource, string name, TimeSpan silenceMax, CancellationToken cancellationToken = default)
    {
        var key = KeyOf(name);
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            // Set only with the lease: without it the session goes back to the pool, where it may be silent for long.
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

    /// <summary>The number under which the lease is an advisory lock of the database.</summary>
    /// <param name="name">What the lease is for.</param>
    public static long KeyOf(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"ledger lease {name}")));

    /// <summary>Gives the lease back, and with it what its holder set on the session: the pool takes a connection as it is.</summary>
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
            // The connection broke meanwhile, and the lock went with it.
        }
        finally
        {
            if (!released)
            {
                // Back in the pool the session would live on, and hold the lease that nobody serves.
                NpgsqlConnection.ClearPool(Connection);
            }

            await Connection.DisposeAsync();
        }
    }
}
