using Ledger.Domain;
using Ledger.Store;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// Counts the assertions per label. The last result is reused as long as the position and the restrictions stay the same, so it costs nothing while nothing
/// changes.
/// </summary>
internal sealed class LabelCounts(EventStore store)
{
    private Counted? _last;

    internal async Task<IReadOnlyList<(string Label, long Count)>> AtAsync(long position, RestrictedNow restricted, CancellationToken cancellationToken)
    {
        if (_last is { } last && last.Position == position && last.Restricted.Assertions.SetEquals(restricted.Assertions) && last.Restricted.Sources.SetEquals(restricted.Sources))
        {
            return last.Counts;
        }

        await using var command = store.DataSource.CreateCommand(restricted.IsEmpty
            ? "select label, count(*) from ledger_read.assertion_current group by label"
            : "select label, count(*) from ledger_read.assertion_current where id <> all($1) and source <> all($2) group by label");
        if (!restricted.IsEmpty)
        {
            command.Parameters.Add(new() { Value = restricted.Assertions.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = restricted.Sources.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        var byNumber = new Dictionary<short, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            byNumber[reader.GetInt16(0)] = reader.GetInt64(1);
        }

        var counts = StandingLabel.Precedence.Select((label, number) => (label, byNumber.GetValueOrDefault((short)number))).ToList();
        _last = new(position, restricted, counts);
        return counts;
    }

    private sealed record Counted(long Position, RestrictedNow Restricted, IReadOnlyList<(string, long)> Counts);
}
