using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Testing;

/// <summary>An event as <see cref="LogCopy"/> writes it; its position is its place in the sequence.</summary>
public sealed record CopiedEvent(string Stream, string StreamType, string Type, string Data, IReadOnlyList<string> Tags);

/// <summary>
/// Fills an empty log by binary COPY, as its owner: what the append function would have written, several times as fast. Only for a log
/// that is only read: no rule of a command is checked here.
/// </summary>
public static class LogCopy
{
    private static readonly DateTimeOffset Began = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string Salt = Convert.ToBase64String(new byte[32]);

    /// <summary>Writes the events at positions 1, 2, … a second apart; gives how many there were.</summary>
    public static async Task<long> FillAsync(TestDatabase database, IEnumerable<CopiedEvent> events)
    {
        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync();
        // Otherwise the foreign key would be checked row by row, but the streams are known only at the end.
        await ExecuteAsync(connection, "set session_replication_role = replica");
        var streams = new Dictionary<string, (string Type, long Version, DateTimeOffset First, DateTimeOffset Last)>(StringComparer.Ordinal);
        var position = 0L;
        await using (var copy = await connection.BeginBinaryImportAsync("""
            copy ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers) from stdin (format binary)
            """))
        {
            foreach (var e in events)
            {
                var at = Began.AddSeconds(++position);
                var known = streams.GetValueOrDefault(e.Stream, (Type: e.StreamType, Version: 0, First: at, Last: at));
                streams[e.Stream] = known with { Version = known.Version + 1, Last = at };
                await copy.StartRowAsync();
                await copy.WriteAsync(position, NpgsqlDbType.Bigint);
                await copy.WriteAsync(Guid.CreateVersion7(at), NpgsqlDbType.Uuid);
                await copy.WriteAsync(e.Stream, NpgsqlDbType.Varchar);
                await copy.WriteAsync(known.Version + 1, NpgsqlDbType.Bigint);
                await copy.WriteAsync(e.Data, NpgsqlDbType.Jsonb);
                await copy.WriteAsync(e.Type, NpgsqlDbType.Varchar);
                await copy.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(Headers(e), NpgsqlDbType.Jsonb);
            }

            await copy.CompleteAsync();
        }

        await using (var copy = await connection.BeginBinaryImportAsync("copy ledger.mt_streams (id, type, version, timestamp, created) from stdin (format binary)"))
        {
            foreach (var (id, stream) in streams)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(id, NpgsqlDbType.Varchar);
                await copy.WriteAsync(stream.Type, NpgsqlDbType.Varchar);
                await copy.WriteAsync(stream.Version, NpgsqlDbType.Bigint);
                await copy.WriteAsync(stream.Last, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(stream.First, NpgsqlDbType.TimestampTz);
            }

            await copy.CompleteAsync();
        }

        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select setval('ledger.mt_events_sequence', {position})"));
        await ExecuteAsync(connection, "analyze ledger.mt_events, ledger.mt_streams");
        return position;
    }

    private static string Headers(CopiedEvent e) =>
        JsonSerializer.Serialize(new { recordedBy = "benchmark", tags = e.Tags, salt = Salt, leaf = 2 });

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
