using Npgsql;

namespace Ledger.Server;

/// <summary>
/// A query that PostgreSQL plans for the actual parameter values at every execution. For a prepared query it would switch to a generic plan after some
/// executions. But the best index depends on the values: at a given position, none or nearly all of the past states may be valid.
/// </summary>
internal sealed class PlannedQuery : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand _query = new();

    internal PlannedQuery(NpgsqlDataSource source)
    {
        _batch = source.CreateBatch();
        // Both commands are sent in one batch and so run in one transaction. The setting ends with the transaction.
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
