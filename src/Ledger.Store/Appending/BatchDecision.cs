using System.Diagnostics;
using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Gets every request of a batch its true answer. It sends the batch. When that fails, it finds out what the failure means
/// for each request.
/// </summary>
internal sealed class BatchDecision(NpgsqlDataSource dataSource, PositionSignal head, TimeProvider timeProvider) : IAsyncDisposable
{
    private readonly Outage outage = new(timeProvider);
    private BatchConnection? connection;

    /// <summary>Settles every request; false when the database could not be reached within the time of <see cref="Outage"/>.</summary>
    public async Task<bool> DecideAsync(IReadOnlyList<PendingAppend> batch)
    {
        while (batch.Count > 0)
        {
            var sent = false;
            try
            {
                connection ??= await BatchConnection.OpenAsync(dataSource);
                batch = await SettleFoundAsync(connection, batch);
                if (batch.Count > 0)
                {
                    sent = true;
                    await AppendAsync(connection, batch);
                }

                outage.End();
                return true;
            }
            catch (Exception e)
            {
                var failure = AppendFailures.Classify(e, connection?.IsOpen ?? false);
                if (failure is AppendFailure.Request)
                {
                    return await DecideApartAsync(batch, e);
                }

                await DropConnectionAsync();
                if (failure is AppendFailure.Defect)
                {
                    SettleAll(batch, p => p.Fail(e));
                    return true;
                }

                if (sent && failure is AppendFailure.Lost)
                {
                    SettleAll(batch, p => p.Unsure = true);
                }

                if (!await outage.PauseAsync())
                {
                    SettleAll(batch, p => p.FailUnavailable("The database cannot be reached.", e));
                    return false;
                }
            }
        }

        return true;
    }

    public async ValueTask DisposeAsync() => await DropConnectionAsync();

    private async Task AppendAsync(BatchConnection open, IReadOnlyList<PendingAppend> batch)
    {
        using var activity = StoreTelemetry.StartJoined(
            "append batch", batch.SelectMany(p => p.Request.Writes, (_, w) => w.Events is [var first, ..] ? first.Headers.TraceParent : null));
        activity?.SetTag("ledger.batch.requests", batch.Count);
        var began = timeProvider.GetTimestamp();
        var results = await open.AppendAsync(batch);
        StoreTelemetry.RecordBatch(results, timeProvider.GetElapsedTime(began));
        var newest = 0L;
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Settle(results[i]);
            if (results[i] is AppendResult.Appended { Events: [.., var last] })
            {
                newest = Math.Max(newest, last.Position);
            }
        }

        head.Advance(newest);
    }

    /// <summary>
    /// One of the requests cannot be stored, and the whole batch failed with it. So each request is sent alone, in the same order.
    /// </summary>
    private async Task<bool> DecideApartAsync(IReadOnlyList<PendingAppend> batch, Exception failure)
    {
        if (batch is [var single])
        {
            // Its first attempt may have been committed after the search for it and before the second attempt. Then the log
            // refuses its ids, and a new search finds it.
            if (single.Unsure && failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                return await DecideFoundAsync(single, failure);
            }

            single.Fail(failure);
            return true;
        }

        var reachable = true;
        foreach (var pending in batch)
        {
            reachable &= await DecideAsync([pending]);
        }

        return reachable;
    }

    private async Task<bool> DecideFoundAsync(PendingAppend pending, Exception failure)
    {
        try
        {
            connection ??= await BatchConnection.OpenAsync(dataSource);
            if ((await SettleFoundAsync(connection, [pending])).Count > 0)
            {
                pending.Fail(failure);
            }

            return true;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            await DropConnectionAsync();
            pending.FailUnavailable("The connection was lost around the commit.", e);
            return false;
        }
    }

    /// <summary>
    /// Settles the requests whose first attempt was committed although the reply was lost. Returns the others, which are to be sent again.
    /// A request with a key needs no search, because the log answers its repeat. If the lost call is still running on the server,
    /// it comes too late: the unique index on ids refuses its events.
    /// </summary>
    private static async Task<IReadOnlyList<PendingAppend>> SettleFoundAsync(BatchConnection open, IReadOnlyList<PendingAppend> batch)
    {
        if (!batch.Any(p => p.Unsure && p.Request.Key is null))
        {
            return batch;
        }

        var rest = new List<PendingAppend>(batch.Count);
        foreach (var pending in batch)
        {
            if (pending.Unsure && pending.Request.Key is null && pending.TryFirstEvent(out _) && await open.FindAsync(pending) is { } found)
            {
                pending.Settle(found);
            }
            else
            {
                rest.Add(pending);
            }
        }

        return rest;
    }

    private static void SettleAll(IReadOnlyList<PendingAppend> batch, Action<PendingAppend> settle)
    {
        foreach (var pending in batch)
        {
            settle(pending);
        }
    }

    private async Task DropConnectionAsync()
    {
        if (connection is { } dropped)
        {
            connection = null;
            await dropped.DisposeAsync();
        }
    }
}
