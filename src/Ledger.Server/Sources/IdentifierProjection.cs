using JasperFx.Events;
using Ledger.Domain;
using Ledger.Formats;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The identifiers of sources and parties, in normal form. For a source: its address, the addresses of its versions, DOIs and any other given identifiers.
/// For a party: the aliases that are identifiers.
/// </summary>
internal sealed class IdentifierProjection : IReadModel
{
    internal const string ProgressName = "Identifiers:All";

    public string Name => "Identifiers";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(SourceRegistered), typeof(VersionCaptured), typeof(PartyRecorded), typeof(PayloadErased)];

    /// <summary>Creates its table with the indexes.</summary>
    internal const string CreateSql = """
        create table if not exists ledger_read.identifier (
            kind text collate "C" not null, name text collate "C" not null, id text collate "C" not null, version int not null, from_pos bigint not null,
            primary key (from_pos, name));
        create index if not exists identifier_name on ledger_read.identifier (name, kind, from_pos);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var events = page.Select(e => e.ToDomain()).ToList();
        var rows = events.SelectMany(e => NamesOf(e.Event).Distinct(StringComparer.Ordinal).Select(name => (Event: e, Name: name))).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (rows.Count > 0)
        {
            var insert = new NpgsqlBatchCommand("insert into ledger_read.identifier (kind, name, id, version, from_pos) select * from unnest($1, $2, $3, $4, $5) on conflict do nothing");
            insert.Parameters.Add(new() { Value = rows.Select(r => Ids.OfStream(r.Event.Stream).Type).ToArray() });
            insert.Parameters.Add(new() { Value = rows.Select(r => r.Name).ToArray() });
            insert.Parameters.Add(new() { Value = rows.Select(r => Ids.OfStream(r.Event.Stream).Id).ToArray() });
            insert.Parameters.Add(new() { Value = rows.Select(r => (r.Event.Event as VersionCaptured)?.Version ?? 0).ToArray() });
            insert.Parameters.Add(new() { Value = rows.Select(r => r.Event.Position).ToArray() });
            batch.BatchCommands.Add(insert);
        }

        var erased = events.Select(e => e.Event).OfType<PayloadErased>().Where(e => e.Fields.Any(f => f is "url" or "identifiers" or "aliases")).SelectMany(e => e.Positions).ToArray();
        if (erased.Length > 0)
        {
            var delete = new NpgsqlBatchCommand("delete from ledger_read.identifier where from_pos = any($1)");
            delete.Parameters.Add(new() { Value = erased });
            batch.BatchCommands.Add(delete);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The sources and parties that have the given identifiers, by kind and identifier. If several have the same identifier, the one that was recorded
    /// first.
    /// </summary>
    internal static async Task<Dictionary<(string Kind, string Name), string>> FindAsync(
        NpgsqlDataSource source, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select distinct on (i.kind, i.name) i.kind, i.name, i.id from unnest($1) x(name) join ledger_read.identifier i on i.name = x.name
            order by i.kind, i.name, i.from_pos
            """);
        command.Parameters.Add(new() { Value = names.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<(string, string), string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        }

        return found;
    }

    /// <summary>The identifiers in an event of a source or a party, in normal form.</summary>
    internal static IEnumerable<string> NamesOf(LedgerEvent e) => e switch
    {
        SourceRegistered source => source.Identifiers.Select(i => IdentityNames.Of(i) ?? i).Concat(IdentityNames.Of([source.Url])),
        VersionCaptured version => IdentityNames.Of([version.Url]),
        PartyRecorded party => IdentityNames.Of(party.Aliases),
        _ => [],
    };
}
