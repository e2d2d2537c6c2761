using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>The query that reads the log stream after stream.</summary>
internal static class StreamQuery
{
    /// <summary>
    /// Where the log is small beside PostgreSQL's cache it is read by its index, which gives the first event at once: pages are assumed to cost what
    /// they do on a solid-state disk. Else it is sorted, and spills to disk once, not in many small runs. Compiling a query of a few functions takes
    /// longer than it spares. For this transaction alone.
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
        command.CommandTimeout = 0;     // It lasts as long as its reader takes; the token bounds it.
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
