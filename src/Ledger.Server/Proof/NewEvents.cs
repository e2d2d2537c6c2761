using System.Globalization;
using Npgsql;

namespace Ledger.Server;

/// <summary>What the append function keeps true of every event, and what a row that was written past it tends to break.</summary>
internal static class NewEvents
{
    private const string WhatToDo = "Nothing after it is signed: find out who wrote to the table, restore the log, and start again.";

    /// <summary>Refuses where new rows cannot have come from the append function.</summary>
    /// <param name="source">The service's sessions.</param>
    /// <param name="rows">Rows that were never signed, in order.</param>
    /// <param name="size">The position up to which everything is signed.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    internal static async Task DemandPlausibleAsync(NpgsqlDataSource source, IReadOnlyList<LeafRow> rows, long size, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select s.last_value, (select e.timestamp from ledger.mt_events e where e.seq_id = $1) from ledger.mt_events_sequence s");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var sequence = row.GetInt64(0);
        var before = row[1] is DateTime last ? new DateTimeOffset(last) : DateTimeOffset.MinValue;
        foreach (var (e, _, streamVersion) in rows)
        {
            size++;
            var problem = e switch
            {
                _ when e.Position != size => $"Event {size} is missing.",
                _ when e.Position > sequence => $"Event {e.Position} was not appended by the ledger: its sequence stands at {sequence.ToString(CultureInfo.InvariantCulture)}.",
                _ when e.RecordedAt <= before => $"Event {e.Position} was not recorded after the one before it.",
                _ when streamVersion is null || e.Version > streamVersion => $"Event {e.Position} is not counted by its stream, so the ledger did not append it.",
                _ => null,
            };
            if (problem is not null)
            {
                throw new RefusedToSignException($"{problem} {WhatToDo}", size);
            }

            before = e.RecordedAt;
        }
    }
}
