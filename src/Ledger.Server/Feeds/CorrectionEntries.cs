using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>Reads notices from the newest backwards.</summary>
internal sealed class CorrectionEntries(EventStore store)
{
    /// <summary>Rows that one query looks at, and queries of one page: what hides most of them must not cost without end.</summary>
    private const int ScanMax = 500;
    private const int ScansMax = 20;

    /// <summary>The entries before a position, newest first, and the position to go on from; null at the end.</summary>
    internal async Task<(IReadOnlyList<FeedEntry> Entries, long? Next)> ReadAsync(
        long before, int limit, FeedFilter filter, RestrictedNow restricted, CancellationToken cancellationToken)
    {
        var entries = new List<FeedEntry>();
        for (var scan = 0; scan < ScansMax; scan++)
        {
            var positions = await PositionsAsync(before, cancellationToken);
            foreach (var position in positions)
            {
                before = position;
                var e = await store.ReadEventAsync(position, cancellationToken);
                if (e is not null && filter.Shows(e) && !restricted.Hides(e) && FeedEntry.Of(e) is { } entry)
                {
                    entries.Add(entry);
                    if (entries.Count == limit)
                    {
                        return (entries, before);
                    }
                }
            }

            if (positions.Count < ScanMax)
            {
                return (entries, null);
            }
        }

        return (entries, before);
    }

    private async Task<List<long>> PositionsAsync(long before, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"""
            select seq_id from ledger.mt_events
            where type in ('correction_issued', 'retraction_issued', 'concern_expressed', 'withdrawn') and seq_id < $1
            order by seq_id desc limit {ScanMax}
            """);
        command.Parameters.Add(new() { Value = before, NpgsqlDbType = NpgsqlDbType.Bigint });
        var positions = new List<long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            positions.Add(row.GetInt64(0));
        }

        return positions;
    }
}
