using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>Reads what idempotency keys were used for.</summary>
internal static class AnswerQuery
{
    public static async Task<RememberedAnswer?> ReadAsync(
        NpgsqlDataSource dataSource, string principal, string key, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select event_id, stream, version, position, event_type, recorded_at, part, fingerprint, answer "
            + "from ledger.find_answer($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = principal });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        byte[]? fingerprint = null;
        string? answer = null;
        List<EventPosition> events = [];
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            if (row.GetInt32(6) > 0)
            {
                events.Add(EventRows.ReadPosition(row));
            }

            fingerprint = (byte[])row[7];
            answer = row[8] as string;
        }

        return fingerprint is null ? null : new(fingerprint, new(events, answer, Replayed: true));
    }

    public static async Task<IReadOnlySet<string>> ReadUsedAsync(
        NpgsqlDataSource dataSource, string principal, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        // Looks up key by key. In a new ledger the table has no statistics yet, and a single condition on all keys would read every key of the principal.
        await using var command = dataSource.CreateCommand("""
            select k.key from unnest($2) x(key) cross join lateral (
              select k.key from ledger.command_keys k where k.principal = $1 and k.key = x.key limit 1) k
            """);
        command.Parameters.Add(new() { Value = principal, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        var used = new HashSet<string>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            used.Add(row.GetString(0));
        }

        return used;
    }

    public static async Task<IReadOnlyDictionary<string, KeyUse>> ReadUsesAsync(
        NpgsqlDataSource dataSource, string principal, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select k.key, k.fingerprint, k.first_position, k.events from unnest($2) x(key) cross join lateral (
              select * from ledger.command_keys k where k.principal = $1 and k.key = x.key limit 1) k
            """);
        command.Parameters.Add(new() { Value = principal, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        var uses = new Dictionary<string, KeyUse>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var (first, events) = (row.GetInt64(2), row.GetInt32(3));
            uses[row.GetString(0)] = new((byte[])row[1], events == 0 ? null : first + events - 1);
        }

        return uses;
    }
}
