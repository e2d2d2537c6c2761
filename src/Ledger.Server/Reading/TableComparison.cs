using Npgsql;

namespace Ledger.Server;

/// <summary>Compares the rows of a table in service with those of its rebuilt copy.</summary>
internal static class TableComparison
{
    /// <summary>For each of the two tables, one row that the other does not have. Both are null if the tables are equal.</summary>
    internal static async Task<(string? Built, string? InService)> DifferenceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Only(ReadModels.RebuildSchema, ReadModels.Schema)}, {Only(ReadModels.Schema, ReadModels.RebuildSchema)}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader[0] as string, reader[1] as string);

        string Only(string from, string without) =>
            $"(select x.row from (select t::text as row from {from}.{table} t except all select t::text from {without}.{table} t) x order by 1 limit 1)";
    }
}
