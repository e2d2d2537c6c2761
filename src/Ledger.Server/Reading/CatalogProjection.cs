using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Which parties and sources there are, by the position of their first event; what they are is folded from their streams.</summary>
internal sealed class CatalogProjection(string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "Catalog:V1";

    public string Name => "Catalog";

    public int Version => 1;

    public IReadOnlySet<string> Types { get; } = EventTypes.NamesOf(typeof(PartyRecorded), typeof(SourceRegistered));

    public IReadOnlyList<string> Tables => ["catalog"];

    public Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        PrepareAsync(connection, transaction, cancellationToken);

    /// <summary>Its few indexes cost too little to be made apart.</summary>
    public IReadOnlyList<string> Indexes { get; } = [];

    public async Task PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            create table if not exists {schema}.catalog (
                kind text collate "C" not null, from_pos bigint not null, id text collate "C" not null, publisher text collate "C", primary key (kind, from_pos));
            create index if not exists catalog_publisher on {schema}.catalog (kind, publisher, from_pos);
            """, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ApplyAsync(IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var first = page.Where(e => e is { Version: 1, Type: "party_recorded" or "source_registered" }).Select(e => (Event: e, e.ToDomain().Event)).ToList();
        if (first.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"insert into {schema}.catalog (kind, from_pos, id, publisher) select * from unnest($1, $2, $3, $4) on conflict do nothing", connection, transaction);
        command.Parameters.Add(new() { Value = first.Select(f => Ids.OfStream(f.Event.Stream).Type).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(f => f.Event.Position).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(f => Ids.OfStream(f.Event.Stream).Id).ToArray() });
        command.Parameters.Add(new() { Value = first.Select(f => (f.Item2 as SourceRegistered)?.Publisher).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The ids of a kind that were there at a position, oldest first.</summary>
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
