using Npgsql;

namespace Ledger.Store;

/// <summary>Retries reads, which is safe because they change nothing. A restart of the database costs the callers only a pause.</summary>
internal static class ReadAttempts
{
    private const int AttemptsMax = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="StoreUnavailableException">The database could not be reached in any attempt.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (Exception e) when (IsPassing(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (attempt == AttemptsMax)
                {
                    throw new StoreUnavailableException("The database cannot be reached.", outcomeKnown: true, e);
                }

                await Task.Delay(pause, cancellationToken);
                pause *= 3;
            }
        }
    }

    /// <summary>Whether a failure of the connection or the server is temporary, by its type and SQLSTATE. All other failures are defects.</summary>
    public static bool IsPassing(Exception e) => e switch
    {
        Marten.Exceptions.MartenException { InnerException: { } cause } => IsPassing(cause),

        PostgresException postgres => AppendFailures.Classify(postgres, connectionIsOpen: true) is AppendFailure.Refused,
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };
}
