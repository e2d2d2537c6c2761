using Npgsql;

namespace Ledger.Store;

/// <summary>The columns of an event, and the reading of a row as an event.</summary>
internal static class EventRows
{
    public const string Columns =
        "e.id, e.stream_id, e.version, e.seq_id, e.type, e.data::text, e.timestamp, e.headers::text, e.correlation_id, e.causation_id, "
        + "e.tenant_id = '*DEFAULT*' and e.is_archived is false and e.mt_dotnet_type is null and e.bdata is null";

    public const string PositionColumns = "e.id, e.stream_id, e.version, e.seq_id, e.type, e.timestamp";

    /// <param name="row">A row whose columns begin with <see cref="Columns"/>.</param>
    /// <param name="first">The index of the first of these columns.</param>
    public static RecordedEvent Read(NpgsqlDataReader row, int first = 0) => new()
    {
        Id = row.GetGuid(first),
        Stream = Text(row, first + 1) ?? "",    // The append function always writes a stream; another writer may not.
        Version = row.GetInt64(first + 2),
        Position = row.GetInt64(first + 3),
        Type = row.GetString(first + 4),
        Data = row.GetFieldValue<byte[]>(first + 5),
        RecordedAt = row.GetFieldValue<DateTimeOffset>(first + 6),
        Stored = new(
            row.IsDBNull(first + 7) ? null : row.GetFieldValue<byte[]>(first + 7), Text(row, first + 8), Text(row, first + 9),
            !row.IsDBNull(first + 10) && row.GetBoolean(first + 10)),
    };

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
}
