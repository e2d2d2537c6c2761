using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The edges between assertions and sources: links, and what versions are based on. Each edge has the positions between which it is valid.
/// </summary>
internal sealed class LinkProjection(string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "Links:All";

    public string Name => "Links";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(Linked), typeof(VersionCaptured), typeof(Withdrawn)];

    /// <summary>The streams that an event makes its own stream derive from. These edges must not close a cycle.</summary>
    internal static IEnumerable<string> DerivationsOf(Recorded e) => e.Event switch
    {
        Linked { SupersededBy: null, Relation: Relation.DerivedFrom or Relation.Restates } link => [link.To.Stream],
        VersionCaptured version => version.BasedOn.Select(b => Ids.SourceStream(b.Source)).Where(s => s != e.Stream).Distinct(StringComparer.Ordinal),
        _ => [],
    };

    public IReadOnlyList<string> Tables => ["link"];

    public string TablesSql => CreateSql(schema);

    /// <summary>Empty: the indexes are cheap, so they are created together with the table.</summary>
    public IReadOnlyList<string> Indexes { get; } = [];

    /// <summary>Creates its table with the indexes.</summary>
    internal static string CreateSql(string schema) => $"""
        create table if not exists {schema}.link (
            event_id uuid not null, from_stream text collate "C" not null, to_stream text collate "C" not null,
            relation text not null, derivation boolean not null, from_pos bigint not null, to_pos bigint,
            primary key (event_id, to_stream, relation));
        create index if not exists link_from on {schema}.link (from_stream, from_pos);
        create index if not exists link_to on {schema}.link (to_stream, from_pos);
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var edges = new List<Edge>();
        var closed = new List<(Guid Id, long Position)>();
        foreach (var e in page.Select(e => e.ToDomain()))
        {
            switch (e.Event)
            {
                case Linked { SupersededBy: null } link:
                    edges.Add(new(e, link.To.Stream, Word(link.Relation), link.Relation is Relation.DerivedFrom or Relation.Restates));
                    break;
                case VersionCaptured version:
                    edges.AddRange(version.BasedOn.DistinctBy(b => (b.Source, b.Kind))
                        .Select(b => new Edge(e, Ids.SourceStream(b.Source), Word(b.Kind), b.Source != Ids.OfStream(e.Stream).Id)));
                    break;
                case Withdrawn withdrawn:
                    closed.Add((withdrawn.Event, e.Position));
                    break;
                default:
                    break;
            }
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        if (edges.Count > 0)
        {
            var insert = new NpgsqlBatchCommand($"""
                insert into {schema}.link (event_id, from_stream, to_stream, relation, derivation, from_pos)
                select * from unnest($1, $2, $3, $4, $5, $6)
                """);
            insert.Parameters.Add(new() { Value = edges.Select(x => x.Record.Id).ToArray() });
            insert.Parameters.Add(new() { Value = edges.Select(x => x.Record.Stream).ToArray() });
            insert.Parameters.Add(new() { Value = edges.Select(x => x.To).ToArray() });
            insert.Parameters.Add(new() { Value = edges.Select(x => x.Relation).ToArray() });
            insert.Parameters.Add(new() { Value = edges.Select(x => x.Derivation).ToArray() });
            insert.Parameters.Add(new() { Value = edges.Select(x => x.Record.Position).ToArray() });
            batch.BatchCommands.Add(insert);
        }

        if (closed.Count > 0)
        {
            var close = new NpgsqlBatchCommand($"""
                update {schema}.link l set to_pos = c.position
                from unnest($1, $2) c (event_id, position) where l.event_id = c.event_id and l.to_pos is null
                """);
            close.Parameters.Add(new() { Value = closed.Select(c => c.Id).ToArray() });
            close.Parameters.Add(new() { Value = closed.Select(c => c.Position).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            batch.BatchCommands.Add(close);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed record Edge(Recorded Record, string To, string Relation, bool Derivation);
}
