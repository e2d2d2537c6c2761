using System.Text;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>The restrictions, each with the positions between which it stands.</summary>
internal sealed class RestrictionProjection(string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "Restrictions:V1";

    public string Name => "Restrictions";

    public int Version => 1;

    public IReadOnlySet<string> Types { get; } = EventTypes.NamesOf(typeof(AccessRestricted), typeof(Withdrawn));

    public IReadOnlyList<string> Tables => ["restriction"];

    public Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        PrepareAsync(connection, transaction, cancellationToken);

    /// <summary>Its few indexes cost too little to be made apart.</summary>
    public IReadOnlyList<string> Indexes { get; } = [];

    public async Task PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            create table if not exists {schema}.restriction (
                event_id uuid primary key, stream text collate "C" not null, data text not null, from_pos bigint not null, to_pos bigint);
            create index if not exists restriction_open on {schema}.restriction (from_pos) where to_pos is null;
            """, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ApplyAsync(IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var e in page.Where(e => e.Type is "access_restricted" or "withdrawn"))
        {
            await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
            if (e.ToDomain().Event is Withdrawn withdrawn)
            {
                command.CommandText = $"update {schema}.restriction set to_pos = $2 where event_id = $1 and to_pos is null";
                command.Parameters.Add(new() { Value = withdrawn.Event });
                command.Parameters.Add(new() { Value = e.Position });
            }
            else
            {
                command.CommandText = $"insert into {schema}.restriction (event_id, stream, data, from_pos) values ($1, $2, $3, $4)";
                command.Parameters.Add(new() { Value = e.Id });
                command.Parameters.Add(new() { Value = e.Stream });
                command.Parameters.Add(new() { Value = Encoding.UTF8.GetString(e.Data) });
                command.Parameters.Add(new() { Value = e.Position });
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
