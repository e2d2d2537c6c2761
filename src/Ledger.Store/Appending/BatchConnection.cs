using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>The appender's own connection, with <c>ledger.append_batch</c> prepared, so that a batch costs one round trip.</summary>
internal sealed class BatchConnection : IAsyncDisposable
{
    // A batch takes milliseconds. One that takes this long is treated like a lost one.
    private const int CommandTimeoutSeconds = 10;

    // The element types of the function's array arguments, in its order.
    private static readonly NpgsqlDbType[] Elements =
    [
        // s_, the streams
        NpgsqlDbType.Varchar, NpgsqlDbType.Varchar,
        // r_, the requests
        NpgsqlDbType.Varchar, NpgsqlDbType.Varchar, NpgsqlDbType.Bytea, NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Integer,
        // c_, the types of conditions
        NpgsqlDbType.Integer, NpgsqlDbType.Varchar,
        // w_, the writes
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Uuid, NpgsqlDbType.Integer,
        // e_, the events
        NpgsqlDbType.Integer, NpgsqlDbType.Uuid, NpgsqlDbType.Varchar, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Varchar, NpgsqlDbType.Varchar,
    ];

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand append;

    private BatchConnection(NpgsqlConnection connection, NpgsqlCommand append)
    {
        this.connection = connection;
        this.append = append;
    }

    public bool IsOpen => connection.FullState == ConnectionState.Open;

    public static async Task<BatchConnection> OpenAsync(NpgsqlDataSource dataSource)
    {
        var connection = await dataSource.OpenConnectionAsync();
        try
        {
            var append = connection.CreateCommand();
            append.CommandTimeout = CommandTimeoutSeconds;
            foreach (var element in Elements)
            {
                append.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | element });
            }

            append.CommandText = $"select * from ledger.append_batch({string.Join(", ", Elements.Select((_, i) => $"${i + 1}"))})";

            await append.PrepareAsync();
            return new(connection, append);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Appends the batch and gives each request's result, in order, after the commit.</summary>
    public async Task<AppendResult[]> AppendAsync(IReadOnlyList<PendingAppend> batch)
    {
        Fill(BatchColumns.From(batch));
        var results = new BatchResults(batch);
        await using var reader = await append.ExecuteReaderAsync(CommandBehavior.SingleResult);
        while (await reader.ReadAsync())
        {
            results.Add(reader);
        }

        // The rows arrive before the commit. Only the end of the whole reply says that it happened.
        await reader.NextResultAsync();
        return results.ToArray();
    }

    /// <summary>
    /// Finds what a request without a key appended, by its events' ids. Null when it appended nothing.
    /// </summary>
    public async Task<AppendResult.Appended?> FindAsync(PendingAppend pending)
    {
        var ids = pending.Request.Writes.SelectMany(w => w.Events, (_, e) => e.Id).ToArray();
        await using var find = connection.CreateCommand();
        find.CommandText = $"select {EventRows.PositionColumns} from ledger.mt_events e where e.id = any($1) order by e.seq_id";
        find.Parameters.Add(new() { Value = ids });
        var events = new List<EventPosition>(ids.Length);
        await using var reader = await find.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            events.Add(EventRows.ReadPosition(reader));
        }

        // A request is appended as a whole or not at all. Fewer events mean that another request used one of the ids.
        return events.Count == ids.Length ? new(events, pending.Request.Answer, Replayed: false) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await append.DisposeAsync();
        await connection.DisposeAsync();
    }

    private void Fill(BatchColumns columns)
    {
        var i = 0;
        foreach (var column in (ReadOnlySpan<object>)
            [
                columns.StreamIds, columns.StreamTypes,
                columns.Principals, columns.Keys, columns.Fingerprints, columns.Answers,
                columns.Twins, columns.Afters, columns.LastWrites,
                columns.ConditionRequests, columns.ConditionTypes,
                columns.WriteStreams, columns.ExpectedVersions, columns.Follows, columns.LastEvents,
                columns.EventWrites, columns.EventIds, columns.EventTypes, columns.Data, columns.Headers,
                columns.Correlations, columns.Causations,
            ])
        {
            append.Parameters[i++].Value = column;
        }
    }
}
