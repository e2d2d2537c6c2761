using Npgsql;

namespace Ledger.Store;

/// <summary>What a failed call of the append function means for the requests in it.</summary>
internal enum AppendFailure
{
    /// <summary>Something in one of the requests cannot be stored. The others are tried again without it.</summary>
    Request,

    /// <summary>The database refused the call for now; nothing was appended.</summary>
    Refused,

    /// <summary>The connection was lost. The call may or may not have been committed.</summary>
    Lost,

    /// <summary>A defect of the program or of the installation.</summary>
    Defect,
}

internal static class AppendFailures
{
    /// <summary>Classifies by SQLSTATE class (PostgreSQL's appendix A), because the text of a message is not reliable.</summary>
    public static AppendFailure Classify(Exception exception, bool connectionIsOpen) => exception switch
    {
        // The server ended the session. It may do so after the commit and before the reply.
        PostgresException when !connectionIsOpen => AppendFailure.Lost,
        PostgresException { SqlState: ['2', '2', ..] or ['2', '3', ..] or ['5', '4', ..] } => AppendFailure.Request,
        PostgresException { IsTransient: true } => AppendFailure.Refused,
        PostgresException { SqlState: ['4', '0', ..] or ['5', '3', ..] or ['5', '7', ..] } => AppendFailure.Refused,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => AppendFailure.Refused,
        // The service was started before the failed-over server was writable.
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => AppendFailure.Refused,
        PostgresException => AppendFailure.Defect,
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => AppendFailure.Lost,
        // The driver throws this for a connection that it already knows to be broken.
        InvalidOperationException and not ObjectDisposedException when !connectionIsOpen => AppendFailure.Lost,
        _ => AppendFailure.Defect,
    };
}
