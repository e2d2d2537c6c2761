using Npgsql;

namespace Ledger.LocalPostgres.Tests;

/// <summary>Statements over their own connections, so that no pooled connection outlives its server.</summary>
internal static class Query
{
    public static async Task<object?> OneAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static Task<object?> QueryAsync(this LocalCluster cluster, string sql) => OneAsync(cluster.SuperuserConnectionString(), sql);

    /// <summary>Leaves a committed row that a later <see cref="NoteAsync"/> finds.</summary>
    public static Task<object?> KeepAsync(this LocalCluster cluster, string note) =>
        cluster.QueryAsync($"create table kept as select '{note}' as note");

    public static async Task<string?> NoteAsync(this LocalCluster cluster) => (string?)await cluster.QueryAsync("select note from kept");
}
