using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// What a dispatcher stores about its subscription. It writes through the session that holds its lease, so a node that has lost the lease cannot
/// write.
/// </summary>
internal sealed class DeliveryBook(string subscription, MemberLease lease)
{
    internal const string Columns =
        "d.position, d.event_id, d.stream, d.type, d.recorded_at, d.state, d.attempts::text, d.attempt_count, d.next_attempt_at, d.finished_at";

    /// <summary>The most old deliveries that one statement deletes.</summary>
    private const int ForgetMax = 5_000;

    /// <summary>
    /// Stores deliveries and the position in one transaction. Returns the subscription's revision and state as they stand, or null when it was
    /// deleted.
    /// </summary>
    internal Task<(long Revision, string State)?> WriteAsync(BookEntry entry, CancellationToken cancellationToken) => lease.UseAsync<(long, string)?>(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var update = new NpgsqlBatchCommand("""
            update ledger_ops.subscription set
              position = greatest(position, $2), succeeded_at = coalesce($3, succeeded_at), failed_at = coalesce($4, failed_at),
              error = coalesce($5, error),
              state = case when $6 then 'disabled' else state end
            where id = $1 returning revision, state
            """);
        update.Parameters.Add(new() { Value = subscription });
        update.Parameters.Add(new() { Value = entry.Position });
        update.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = entry.SucceededAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        update.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = entry.FailedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        update.Parameters.Add(new() { Value = (object?)entry.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        update.Parameters.Add(new() { Value = entry.Disable });
        batch.BatchCommands.Add(update);
        if (entry.Deliveries.Count > 0)
        {
            batch.BatchCommands.Add(Upsert(entry.Deliveries));
        }

        foreach (var (stream, position) in entry.ParkedBehind)
        {
            var park = new NpgsqlBatchCommand("""
                update ledger_ops.delivery set state = 'parked', next_attempt_at = null
                where subscription = $1 and stream = $2 and position > $3 and state = 'pending'
                """);
            park.Parameters.Add(new() { Value = subscription });
            park.Parameters.Add(new() { Value = stream });
            park.Parameters.Add(new() { Value = position });
            batch.BatchCommands.Add(park);
        }

        (long, string)? found = null;
        await using (var row = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                found = (row.GetInt64(0), row.GetString(1));
            }

            await row.NextResultAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return found;
    }, cancellationToken);

    /// <summary>The first open delivery of each stream.</summary>
    internal Task<IReadOnlyList<Delivery>> HeadsAsync(int max, CancellationToken cancellationToken) => lease.UseAsync(async connection =>
    {
        await using var command = Command(connection, $"""
            select distinct on (d.stream) {Columns} from ledger_ops.delivery d
            where d.subscription = $1 and d.state in ('pending', 'parked') order by d.stream, d.position limit $2
            """);
        command.Parameters.Add(new() { Value = max });
        return await command.ListAsync(Read, cancellationToken);
    }, cancellationToken);

    /// <summary>Positions after the cursor that were handed out already.</summary>
    internal Task<HashSet<long>> AheadAsync(CancellationToken cancellationToken) => lease.UseAsync(async connection =>
    {
        await using var command = Command(connection, """
            select d.position from ledger_ops.delivery d join ledger_ops.subscription s on s.id = d.subscription
            where d.subscription = $1 and d.position > s.position
            """);
        var positions = new HashSet<long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            positions.Add(row.GetInt64(0));
        }

        return positions;
    }, cancellationToken);

    /// <summary>The open deliveries of a stream, in order.</summary>
    internal Task<IReadOnlyList<Delivery>> OpenAsync(string stream, int max, CancellationToken cancellationToken) => lease.UseAsync(async connection =>
    {
        await using var command = Command(connection, $"""
            select {Columns} from ledger_ops.delivery d
            where d.subscription = $1 and d.stream = $2 and d.state in ('pending', 'parked') order by d.position limit $3
            """);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = max });
        return await command.ListAsync(Read, cancellationToken);
    }, cancellationToken);

    /// <summary>Deletes deliveries that ended before a moment.</summary>
    internal Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => lease.UseAsync(async connection =>
    {
        await using var command = Command(connection, $"""
            delete from ledger_ops.delivery where subscription = $1 and position in (
              select d.position from ledger_ops.delivery d join ledger_ops.subscription s on s.id = d.subscription
              where d.subscription = $1 and d.finished_at < $2 and d.position <= s.position limit {ForgetMax})
            """);
        command.Parameters.Add(new() { Value = before });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    internal static Delivery Read(NpgsqlDataReader row) => new()
    {
        Position = row.GetInt64(0),
        EventId = row.GetGuid(1),
        Stream = row.GetString(2),
        Type = row.GetString(3),
        RecordedAt = row.GetFieldValue<DateTimeOffset>(4),
        State = row.GetString(5),
        Attempts = JsonSerializer.Deserialize<List<DeliveryAttempt>>(row.GetString(6), DomainJson.Stored)!,
        AttemptCount = row.GetInt32(7),
        NextAttemptAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
        FinishedAt = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
    };

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = subscription });
        return command;
    }

    private NpgsqlBatchCommand Upsert(IReadOnlyCollection<Delivery> deliveries)
    {
        // The join keeps this write from failing when the subscription was deleted meanwhile.
        var upsert = new NpgsqlBatchCommand("""
            insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count, next_attempt_at, finished_at)
            select s.id, d.position, d.event_id, d.stream, d.type, d.recorded_at, d.state, d.attempts::jsonb, d.attempt_count, d.next_attempt_at, d.finished_at
            from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
              d (position, event_id, stream, type, recorded_at, state, attempts, attempt_count, next_attempt_at, finished_at)
            join ledger_ops.subscription s on s.id = $1
            on conflict (subscription, position) do update set
              state = excluded.state, attempts = excluded.attempts, attempt_count = excluded.attempt_count,
              next_attempt_at = excluded.next_attempt_at, finished_at = excluded.finished_at
            """);
        upsert.Parameters.Add(new() { Value = subscription });
        Add(upsert, deliveries, d => d.Position);
        Add(upsert, deliveries, d => d.EventId);
        Add(upsert, deliveries, d => d.Stream);
        Add(upsert, deliveries, d => d.Type);
        Add(upsert, deliveries, d => d.RecordedAt);
        Add(upsert, deliveries, d => d.State);
        Add(upsert, deliveries, d => d.AttemptsJson());
        Add(upsert, deliveries, d => d.AttemptCount);
        Add(upsert, deliveries, d => d.NextAttemptAt);
        Add(upsert, deliveries, d => d.FinishedAt);
        return upsert;
    }

    private static void Add<T>(NpgsqlBatchCommand command, IReadOnlyCollection<Delivery> deliveries, Func<Delivery, T> field) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. deliveries.Select(field)] });
}

/// <summary>One write of a dispatcher.</summary>
internal sealed record BookEntry
{
    public required long Position { get; init; }

    public required IReadOnlyCollection<Delivery> Deliveries { get; init; }

    /// <summary>Streams whose pending deliveries after a position are parked too.</summary>
    public IReadOnlyList<(string Stream, long Position)> ParkedBehind { get; init; } = [];

    public DateTimeOffset? SucceededAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    public string? Error { get; init; }

    public bool Disable { get; init; }
}
