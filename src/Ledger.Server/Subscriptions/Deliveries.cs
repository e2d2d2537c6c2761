using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Reads and changes stored deliveries for operators. Each change increments the revision of the subscription.</summary>
internal sealed class Deliveries(EventStore store)
{
    internal async Task<IReadOnlyList<Delivery>> ListAsync(string subscription, string? state, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"""
            select {DeliveryBook.Columns} from ledger_ops.delivery d
            where d.subscription = $1 and d.position > $2 and ($3::text is null or d.state = $3) order by d.position limit $4
            """);
        command.Parameters.Add(new() { Value = subscription });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = limit });
        return await command.ListAsync(DeliveryBook.Read, cancellationToken);
    }

    /// <summary>The deliveries that were finished in each of the last hours, the newest hour last. An hour without any is left out.</summary>
    /// <param name="subscription">The id of the subscription.</param>
    /// <param name="now">The end of the last hour.</param>
    /// <param name="hours">How many hours back.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    internal async Task<IReadOnlyList<FinishedHour>> FinishedAsync(string subscription, DateTimeOffset now, int hours, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            select floor(extract(epoch from ($2 - d.finished_at)) / 3600)::int as ago, count(*) filter (where d.state <> 'skipped'),
              count(*) filter (where d.state <> 'skipped' and jsonb_array_length(d.attempts) > 1), count(*) filter (where d.state = 'skipped'),
              max(extract(epoch from (d.finished_at - d.recorded_at))::float8) filter (where d.state <> 'skipped')
            from ledger_ops.delivery d
            where d.subscription = $1 and d.finished_at > $2 - make_interval(hours => $3) and d.finished_at <= $2
            group by ago order by ago desc
            """);
        command.Parameters.Add(new() { Value = subscription });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = hours });
        return await command.ListAsync(
            row => new FinishedHour(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<double?>(4)), cancellationToken);
    }

    /// <summary>
    /// Tries an open delivery again at once. Its retry schedule starts from the beginning. False if no delivery is open at that position.
    /// </summary>
    internal Task<bool> RetryAsync(string subscription, long position, CancellationToken cancellationToken) =>
        MoveAsync("""
            update ledger_ops.delivery d set state = 'pending', next_attempt_at = null, attempt_count = 0
            where subscription = $1 and position = $2 and state in ('pending', 'parked')
            """, subscription, position, cancellationToken);

    /// <summary>Skips an open delivery. The deliveries after it go on.</summary>
    internal Task<bool> SkipAsync(string subscription, long position, CancellationToken cancellationToken) =>
        MoveAsync("""
            update ledger_ops.delivery d set state = 'skipped', next_attempt_at = null, finished_at = clock_timestamp()
            where subscription = $1 and position = $2 and state in ('pending', 'parked')
            """, subscription, position, cancellationToken);

    /// <summary>Delivers a range again. Returns the number of events.</summary>
    internal async Task<int> ReplayAsync(Subscription subscription, long from, long to, CancellationToken cancellationToken)
    {
        var interest = new Interest(subscription, store);
        var count = 0;
        var after = from - 1;
        while (after < to)
        {
            var page = await store.ReadFeedAsync(after, EventStore.FeedPageMax, interest.Read, cancellationToken);
            var events = await interest.SelectAsync([.. page.Events.Where(e => e.Position <= to)], e => e, cancellationToken);
            count += events.Count;
            after = page.Next;
            await using var command = store.DataSource.CreateCommand("""
                insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count)
                select $1, d.*, 'pending', '[]', 0 from unnest($2, $3, $4, $5, $6) d
                on conflict (subscription, position) do update set state = 'pending', attempt_count = 0, next_attempt_at = null, finished_at = null
                """);
            command.Parameters.Add(new() { Value = subscription.Id });
            command.Parameters.Add(new() { Value = events.Select(e => e.Position).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(e => e.Id).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(e => e.Stream).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(e => e.Type).ToArray() });
            command.Parameters.Add(new() { Value = events.Select(e => e.RecordedAt).ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var touch = store.DataSource.CreateCommand("update ledger_ops.subscription set revision = revision + 1 where id = $1");
        touch.Parameters.Add(new() { Value = subscription.Id });
        await touch.ExecuteNonQueryAsync(cancellationToken);
        return count;
    }

    private async Task<bool> MoveAsync(string move, string subscription, long position, CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var first = Command(move, connection, transaction, subscription, position);
        if (await first.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        // The deliveries that were parked behind this one were never tried. They become pending too, up to the next delivery that was parked because of its
        // own failures.
        await using var follow = Command("""
            update ledger_ops.delivery d set state = 'pending'
            from ledger_ops.delivery moved
            where moved.subscription = $1 and moved.position = $2 and d.subscription = $1 and d.stream = moved.stream
              and d.position > $2 and d.state = 'parked' and d.attempt_count = 0
              and not exists (
                select from ledger_ops.delivery b
                where b.subscription = $1 and b.stream = d.stream and b.position < d.position and b.position <> $2 and b.state = 'parked' and b.attempt_count > 0)
            """, connection, transaction, subscription, position);
        await follow.ExecuteNonQueryAsync(cancellationToken);
        await using var touch = new NpgsqlCommand("update ledger_ops.subscription set revision = revision + 1 where id = $1", connection, transaction);
        touch.Parameters.Add(new() { Value = subscription });
        await touch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, NpgsqlTransaction transaction, string subscription, long position) =>
        new(sql, connection, transaction) { Parameters = { new() { Value = subscription }, new() { Value = position } } };
}

/// <summary>The deliveries that were finished in one hour.</summary>
/// <param name="Ago">How many whole hours ago the hour ended.</param>
/// <param name="Delivered">How many were delivered.</param>
/// <param name="Retried">How many of the delivered ones needed more than one attempt.</param>
/// <param name="Skipped">How many were skipped by an operator.</param>
/// <param name="SlowestS">Seconds from recording to delivery for the slowest one. Null if none was delivered.</param>
public sealed record FinishedHour(int Ago, long Delivered, long Retried, long Skipped, double? SlowestS);
