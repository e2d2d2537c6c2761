using Npgsql;

namespace Ledger.Server;

/// <summary>
/// A query that PostgreSQL plans for its values, each time. Of a prepared one it would after some executions keep a plan for any values; and how many
/// states of the past stood at a position, none or nearly all of them, decides which index finds them.
/// </summary>
internal sealed class PlannedQuery : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand _query = new();

    internal PlannedQuery(NpgsqlDataSource source)
    {
        _batch = source.CreateBatch();
        // Both are sent at once, and so are one transaction, at whose end the setting ends.
        _batch.BatchCommands.Add(new("select set_config('plan_cache_mode', 'force_custom_plan', true)"));
        _batch.BatchCommands.Add(_query);
    }

    internal NpgsqlParameterCollection Parameters => _query.Parameters;

    internal async Task<NpgsqlDataReader> ReadAsync(string sql, CancellationToken cancellationToken)
    {
        _query.CommandText = sql;
        var reader = await _batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return reader;
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
