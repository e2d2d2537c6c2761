using System.Text;
using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>The restrictions, each with the positions between which it is in force.</summary>
internal sealed class RestrictionProjection(EventStore store, string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "Restrictions:All";

    public string Name => "Restrictions";

    public uint Version => 1;

    public IReadOnlyCollection<Type> Folds { get; } = [typeof(AccessRestricted), typeof(Withdrawn)];

    public IReadOnlyList<string> Tables => ["restriction"];

    public string TablesSql => CreateSql(schema);

    /// <summary>Empty: the indexes are cheap, so they are created together with the table.</summary>
    public IReadOnlyList<string> Indexes { get; } = [];

    /// <summary>Creates its table with the indexes.</summary>
    internal static string CreateSql(string schema) => $"""
        create table if not exists {schema}.restriction (
            event_id uuid primary key, stream text collate "C" not null, data text not null, from_pos bigint not null, to_pos bigint);
        create index if not exists restriction_open on {schema}.restriction (from_pos) where to_pos is null;
        """;

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        // The data is copied from the log exactly as it is stored.
        var stored = (await store.ReadEventsAsync([.. page.Where(e => e.Data is AccessRestricted).Select(e => e.Sequence)], cancellationToken)).ToDictionary(e => e.Position);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var e in page)
        {
            var command = new NpgsqlBatchCommand();
            if (e.Data is Withdrawn withdrawn)
            {
                command.CommandText = $"update {schema}.restriction set to_pos = $2 where event_id = $1 and to_pos is null";
                command.Parameters.Add(new() { Value = withdrawn.Event });
                command.Parameters.Add(new() { Value = e.Sequence });
            }
            else
            {
                command.CommandText = $"insert into {schema}.restriction (event_id, stream, data, from_pos) values ($1, $2, $3, $4)";
                command.Parameters.Add(new() { Value = e.Id });
                command.Parameters.Add(new() { Value = e.StreamKey! });
                command.Parameters.Add(new() { Value = Encoding.UTF8.GetString(stored[e.Sequence].Data) });
                command.Parameters.Add(new() { Value = e.Sequence });
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
