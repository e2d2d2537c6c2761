using Npgsql;

namespace Ledger.Store;

/// <summary>The columns of an event, and a row as an event.</summary>
internal static class EventRows
{
    public const string Columns =
        "e.id, e.stream_id, e.version, e.seq_id, e.type, e.data::text, e.timestamp, e.headers::text, e.correlation_id, e.causation_id";

    public const string PositionColumns = "e.id, e.stream_id, e.version, e.seq_id, e.type, e.timestamp";

    /// <param name="row">A row whose columns begin with <see cref="Columns"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static RecordedEvent Read(NpgsqlDataReader row, int first = 0)
    {
        var (headers, salt) = StoredHeaders.Read(Text(row, first + 7));
        return new()
        {
            Id = row.GetGuid(first),
            Stream = row.GetString(first + 1),
            Version = row.GetInt64(first + 2),
            Position = row.GetInt64(first + 3),
            Type = row.GetString(first + 4),
            Data = row.GetString(first + 5),
            RecordedAt = row.GetFieldValue<DateTimeOffset>(first + 6),
            Headers = headers,
            Salt = salt,
            CorrelationId = Id(row, first + 8),
            CausationId = Id(row, first + 9),
        };
    }

    public static async Task<List<RecordedEvent>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            events.Add(Read(row));
        }

        return events;
    }

    /// <param name="row">A row that begins with <see cref="PositionColumns"/>.</param>
    public static EventPosition ReadPosition(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Marten keeps text there, and another writer's text may be anything.</summary>
    private static Guid? Id(NpgsqlDataReader row, int column) => Guid.TryParse(Text(row, column), out var id) ? id : null;
}
