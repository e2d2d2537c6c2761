using Npgsql;

namespace Ledger.Store;

/// <summary>Connections of the running service: always under the lesser role, and quick to notice a dead peer.</summary>
public static class ServiceDataSource
{
    /// <summary>The role that the service works under: SELECT on the log and EXECUTE on the append function.</summary>
    public const string Role = "ledger_service";

    // Both ends notice within seconds that the other is gone, which is how fast a lease can move to another node. The client sends a word after as
    // long a silence, which Lease.SilenceMax must outlast. At 2 s, the beat of HeartbeatLock, both met on one connection and projections stood still.
    private const int KeepaliveIdleSeconds = 5;
    private const int KeepaliveIntervalSeconds = 2;
    private const int KeepaliveProbes = 3;
    private const int ConnectTimeoutSeconds = 3;

    /// <summary>A node that is paused amid a transaction holds its row locks; the server ends it, so that another node can go on.</summary>
    private const int IdleInTransactionMaxSeconds = 6;

    /// <summary>Statements kept parsed on each connection: those that follow the log read hundreds of times a second.</summary>
    private const int PreparedMax = 64;

    /// <summary>A page of events and a batch of appends have hundreds of kilobytes: each fill of the buffer is a call into the kernel, and a wait.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Makes a data source whose sessions run as <see cref="Role"/> from their first statement, whoever logs in: a
    /// login that may not take the role is refused by the server (SQLSTATE 42501). What the string says of options,
    /// keepalive and the connect timeout stands.
    /// </summary>
    /// <param name="connectionString">A login that is a member of the role, or the owner's.</param>
    /// <param name="waitForDisk">Whether a commit is durable before it is confirmed. What can be made again from the log need not be.</param>
    public static NpgsqlDataSource Create(string connectionString, bool waitForDisk = true)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            TcpKeepAlive = true,
            ApplicationName = given.ApplicationName ?? "claims-ledger",
            // As a start-up option the role is the session's default: a pooled connection's reset comes back to it.
            // Compiling a query, here where all are short, cost 24 ms where a list of the past was estimated to be long.
            Options = $"-c role={Role} -c jit=off -c tcp_keepalives_idle={KeepaliveIdleSeconds} "
                + $"-c tcp_keepalives_interval={KeepaliveIntervalSeconds} -c tcp_keepalives_count={KeepaliveProbes} "
                + $"-c idle_in_transaction_session_timeout={IdleInTransactionMaxSeconds}s "
                + (waitForDisk ? "" : "-c synchronous_commit=off ")
                + given.Options,
        };
        SetUnlessGiven(settings, given, "Timeout", ConnectTimeoutSeconds);
        SetUnlessGiven(settings, given, "Keepalive", KeepaliveIdleSeconds);
        SetUnlessGiven(settings, given, "Tcp Keepalive Time", KeepaliveIdleSeconds);
        SetUnlessGiven(settings, given, "Tcp Keepalive Interval", KeepaliveIntervalSeconds);
        SetUnlessGiven(settings, given, "Max Auto Prepare", PreparedMax);
        SetUnlessGiven(settings, given, "Read Buffer Size", BufferBytes);
        SetUnlessGiven(settings, given, "Write Buffer Size", BufferBytes);
        // A reset would cost a round trip a read. Leases give back what they set; the listener keeps its connection for as long as that lives.
        SetUnlessGiven(settings, given, "No Reset On Close", true);
        return NpgsqlDataSource.Create(settings);
    }

    private static void SetUnlessGiven(
        NpgsqlConnectionStringBuilder settings, NpgsqlConnectionStringBuilder given, string keyword, object value)
    {
        if (!given.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }
}
