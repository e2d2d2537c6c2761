using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>The query that reads the log stream after stream.</summary>
internal static class StreamQuery
{
    /// <summary>
    /// Settings for this transaction only. The page cost is that of a solid-state disk, so that a log which is small beside PostgreSQL's cache is read
    /// by its index, which gives the first event at once. A larger log is sorted; the work memory lets the sort spill to disk in few large runs instead of
    /// many small ones. JIT is off, because to compile such a small query takes longer than it saves.
    /// </summary>
    private const string Settings = "set local work_mem = '64MB'; set local jit = off; set local random_page_cost = 1.1";

    public static async IAsyncEnumerable<StreamEvent> ReadAsync(
        NpgsqlDataSource dataSource, string prefix, long toPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var settings = new NpgsqlCommand(Settings, connection, transaction))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand("""
            select e.stream_id, e.version, e.seq_id, e.id, e.type, e.data::text, e.timestamp from ledger.mt_events e
            where starts_with(e.stream_id, $1) and e.seq_id <= $2 order by e.stream_id, e.version
            """, connection, transaction);
        command.CommandTimeout = 0;     // No timeout: the query lasts as long as its reader takes. The token can cancel it.
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = prefix, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = toPosition });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            yield return Read(row);
        }
    }

    private static StreamEvent Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetGuid(3), row.GetString(4), row.GetFieldValue<byte[]>(5), row.GetFieldValue<DateTimeOffset>(6));
}
