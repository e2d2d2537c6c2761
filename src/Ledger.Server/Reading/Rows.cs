using Npgsql;

namespace Ledger.Server;

/// <summary>The rows of a query as a list.</summary>
internal static class Rows
{
    /// <summary>Reads all rows; the query bounds their number.</summary>
    internal static async Task<IReadOnlyList<T>> ListAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }
}
