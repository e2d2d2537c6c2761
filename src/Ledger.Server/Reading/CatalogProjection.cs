using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Lists the parties and sources by the position of their first event. Their content is folded from their streams.</summary>
internal sealed class CatalogProjection(string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "Catalog:All";

    public string Name => "Catalog";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(PartyRecorded), typeof(SourceRegistered)];

    public IReadOnlyList<string> Tables => ["catalog"];

    public string TablesSql => CreateSql(schema);

    /// <summary>Empty: the indexes are cheap, so they are created together with the table.</summary>
    public IReadOnlyList<string> Indexes { get; } = [];

    /// <summary>Creates its table with the indexes.</summary>
    internal static string CreateSql(string schema) => $"""
        create table if not exists {schema}.catalog (
            kind text collate "C" not null, from_pos bigint not null, id text collate "C" not null, publisher text collate "C", primary key (kind, from_pos));
        create index if not exists catalog_publisher on {schema}.catalog (kind, publisher, from_pos);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var first = page.Where(e => e.Version == 1).ToList();
        if (first.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"insert into {schema}.catalog (kind, from_pos, id, publisher) select * from unnest($1, $2, $3, $4) on conflict do nothing", connection, transaction);
        command.Parameters.Add(new() { Value = first.Select(e => Ids.OfStream(e.StreamKey!).Type).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(e => e.Sequence).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(e => Ids.OfStream(e.StreamKey!).Id).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(e => (e.Data as SourceRegistered)?.Publisher).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The ids of a kind that existed at a position, oldest first.</summary>
    internal static async Task<IReadOnlyList<(long FromPosition, string Id)>> ListAsync(
        NpgsqlDataSource source, string kind, string? publisher, long position, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select from_pos, id from ledger_read.catalog
            where kind = $1 and from_pos <= $2 and from_pos > $3 and ($4::text is null or publisher = $4) order by from_pos limit $5
            """);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (object?)publisher ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<(long, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return ids;
    }
}
