using Npgsql;

namespace Ledger.Store;

/// <summary>The connections of the running service. They always use the role with few rights, and they notice a dead peer quickly.</summary>
public static class ServiceDataSource
{
    /// <summary>The role of the service. It may SELECT from the log and EXECUTE the append function.</summary>
    public const string Role = "ledger_service";

    // Each end notices within seconds that the other end is gone. This time decides how fast a lease can move to another node. The client sends a
    // keepalive after the same idle time, which must be shorter than Lease.SilenceMax. It must not be 2 s, the interval of HeartbeatLock: the two then met
    // on one connection, and projections stopped.
    private const int KeepaliveIdleSeconds = 5;
    private const int KeepaliveIntervalSeconds = 2;
    private const int KeepaliveProbes = 3;
    private const int ConnectTimeoutSeconds = 3;

    /// <summary>A node that is paused within a transaction holds its row locks. The server ends that session, so that another node can go on.</summary>
    private const int IdleInTransactionMaxSeconds = 6;

    /// <summary>The number of prepared statements on each connection. Followers of the log read hundreds of times a second.</summary>
    private const int PreparedMax = 64;

    /// <summary>A page of events or a batch of appends has hundreds of kilobytes. Each fill of the buffer costs a system call and a wait.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Makes a data source whose sessions run as <see cref="Role"/> from their first statement, whoever logs in. The server refuses a
    /// login that may not take the role (SQLSTATE 42501). Options, keepalive and connect timeout that the connection string sets are kept.
    /// </summary>
    /// <param name="connectionString">A login that is a member of the role, or the owner's.</param>
    /// <param name="waitForDisk">Whether a commit is durable before it is confirmed. Data that can be rebuilt from the log does not need that.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static NpgsqlDataSource Create(string connectionString, bool waitForDisk = true)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            TcpKeepAlive = true,
            ApplicationName = given.ApplicationName ?? "claims-ledger",
            // As a start-up option the role is the session's default, to which the reset of a pooled connection returns.
            // JIT is off because all queries here are short: compiling one took 24 ms when PostgreSQL overestimated a list of past states.
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
        // A reset would cost each read a round trip. Leases reset what they set, and the listener never returns a live connection to the pool.
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
