using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>The stored subscriptions. A change by an operator increments the revision, and then the dispatcher restarts the subscription.</summary>
internal sealed class Subscriptions(EventStore store)
{
    /// <summary>
    /// The maximum number of subscriptions. Each node checks all of them twice a second, and filters each event for each subscription that it serves.
    /// </summary>
    internal const int CountMax = 256;

    private const string Columns =
        "id, name, target::text, filter::text, state, secrets, position, revision, created_by, created_at, succeeded_at, failed_at, error, audits";

    /// <summary>Stores a new subscription. False if the id is taken.</summary>
    internal async Task<bool> AddAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            insert into ledger_ops.subscription (id, name, target, filter, state, secrets, position, created_by, created_at, audits)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing
            """);
        command.Parameters.Add(new() { Value = subscription.Id });
        command.Parameters.Add(new() { Value = subscription.Name });
        command.Parameters.Add(new() { Value = Subscription.Json(subscription.Target), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = Subscription.Json(subscription.Filter), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = subscription.State });
        command.Parameters.Add(new() { Value = (object?)subscription.Secrets ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = subscription.Position });
        command.Parameters.Add(new() { Value = subscription.CreatedBy });
        command.Parameters.Add(new() { Value = subscription.CreatedAt });
        command.Parameters.Add(new() { Value = subscription.Audits });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    internal async Task<IReadOnlyList<Subscription>> AllAsync(CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"select {Columns} from ledger_ops.subscription order by id limit {CountMax}");
        return await command.ListAsync(Read, cancellationToken);
    }

    internal async Task<Subscription?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"select {Columns} from ledger_ops.subscription where id = $1");
        command.Parameters.Add(new() { Value = id });
        return (await command.ListAsync(Read, cancellationToken)).SingleOrDefault();
    }

    internal Task SetStateAsync(string id, string state, CancellationToken cancellationToken) =>
        ExecuteAsync("update ledger_ops.subscription set state = $2, revision = revision + 1 where id = $1", cancellationToken, id, state);

    internal Task SetSecretsAsync(string id, byte[] secrets, CancellationToken cancellationToken) =>
        ExecuteAsync("update ledger_ops.subscription set secrets = $2, revision = revision + 1 where id = $1", cancellationToken, id, secrets);

    internal Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        ExecuteAsync("delete from ledger_ops.subscription where id = $1", cancellationToken, id);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Subscription Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        Target = JsonSerializer.Deserialize<DeliveryTarget>(row.GetString(2), DomainJson.Stored)!,
        Filter = JsonSerializer.Deserialize<SubscriptionFilter>(row.GetString(3), DomainJson.Stored)!,
        State = row.GetString(4),
        Secrets = row.IsDBNull(5) ? null : (byte[])row[5],
        Position = row.GetInt64(6),
        Revision = row.GetInt64(7),
        CreatedBy = row.GetString(8),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
        SucceededAt = Time(row, 10),
        FailedAt = Time(row, 11),
        Error = row.IsDBNull(12) ? null : row.GetString(12),
        Audits = row.GetBoolean(13),
    };

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
