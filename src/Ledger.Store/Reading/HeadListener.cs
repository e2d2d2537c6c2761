using System.Globalization;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Keeps a node's knowledge of the log's head up to date. One connection listens to the notification that every append sends. It also
/// reads the head once a second, because a notification can be lost with its connection.
/// </summary>
internal sealed class HeadListener(NpgsqlDataSource dataSource, PositionSignal head, TimeProvider timeProvider) : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private Task? loop;

    /// <summary>Starts the listener with the first caller that waits. A node that never waits needs no connection for it.</summary>
    public void EnsureStarted()
    {
        lock (gate)
        {
            loop ??= Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (loop is not null)
        {
            await loop;
        }

        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                // Waiting callers lose only time, because the listener reads the head directly after it reconnects.
                StoreTelemetry.RecordReconnect();
                await Task.Delay(ReconnectPause, timeProvider, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (long.TryParse(notification.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                head.Advance(position);
            }
        };

        await using (var listen = new NpgsqlCommand("listen mt_events_appended", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var ask = new NpgsqlCommand("select coalesce(max(seq_id), 0) from ledger.mt_events", connection);
        while (true)
        {
            head.Advance((long)(await ask.ExecuteScalarAsync(cancellationToken))!);

            // True means that a notification came. Its handler has run, so there is nothing to ask.
            while (await connection.WaitAsync(PollInterval, cancellationToken))
            {
            }
        }
    }
}
