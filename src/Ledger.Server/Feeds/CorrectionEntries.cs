using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// Reads notices from the newest backwards. A withheld notice stands at the position where the restriction ended, so a client that polls the feed
/// finds it there as new.
/// </summary>
internal sealed class CorrectionEntries(EventStore store)
{
    /// <summary>
    /// The most rows of one query and the most queries of one page. They bound the cost of a page when a filter or a restriction hides most rows.
    /// </summary>
    private const int ScanMax = 500;
    private const int ScansMax = 20;

    private static readonly IReadOnlyList<string> Types =
        [.. EventTypes.NamesOf(typeof(CorrectionIssued), typeof(RetractionIssued), typeof(ConcernExpressed), typeof(Withdrawn))];

    /// <summary>The entries before a place, newest first, and the place to continue from, which is null at the end.</summary>
    internal async Task<(IReadOnlyList<FeedEntry> Entries, FeedPlace? Next)> ReadAsync(
        FeedPlace before, int limit, FeedFilter filter, RestrictedNow restricted, CancellationToken cancellationToken)
    {
        var entries = new List<FeedEntry>();
        if (before.Late is not null && restricted.FirstEnd(before.Position - 1, before.Position) is { } cut)
        {
            await AddLateAsync(cut, before.Late.Value);
        }

        var position = before.Position;
        for (var scan = 0; scan < ScansMax && entries.Count < limit; scan++)
        {
            var positions = await PositionsAsync(position, cancellationToken);
            foreach (var next in positions)
            {
                position = next;
                if (restricted.FirstEnd(position - 1, position) is { } end)
                {
                    await AddLateAsync(end, position);
                }
                else if (await store.ReadEventAsync(position, cancellationToken) is { } e && filter.Shows(e) && !restricted.Hides(e) && restricted.LastEndOver(e) is null)
                {
                    Add(e, e.RecordedAt);
                }

                if (entries.Count >= limit)
                {
                    return (entries[..limit], entries.Count > limit ? entries[limit - 1].Place : new(position, null));
                }
            }

            if (positions.Count < ScanMax)
            {
                return (entries, null);
            }
        }

        return entries.Count >= limit ? (entries[..limit], entries[limit - 1].Place) : (entries, new(position, null));

        async Task AddLateAsync(RestrictionEnd end, long below)
        {
            var ended = (await store.ReadEventAsync(end.Position, cancellationToken))!.RecordedAt;
            var late = new List<RecordedEvent>();
            await foreach (var e in store.WithheldEventsAsync(end, below, filter with { Types = Types }, restricted, cancellationToken))
            {
                if (restricted.LastEndOver(e) == end)
                {
                    late.Add(e);
                }
            }

            late.Reverse();
            late.ForEach(e => Add(e, ended, end.Position));
        }

        void Add(RecordedEvent e, DateTimeOffset updated, long? end = null)
        {
            if (FeedEntry.Of(e) is { } entry)
            {
                entries.Add(entry with { Updated = updated, Place = end is { } at ? new(at, e.Position) : new(e.Position, null) });
            }
        }
    }

    private async Task<IReadOnlyList<long>> PositionsAsync(long before, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"""
            select seq_id from ledger.mt_events
            where type in ('correction_issued', 'retraction_issued', 'concern_expressed', 'withdrawn') and seq_id < $1
            order by seq_id desc limit {ScanMax}
            """);
        command.Parameters.Add(new() { Value = before, NpgsqlDbType = NpgsqlDbType.Bigint });
        return await command.ListAsync(row => row.GetInt64(0), cancellationToken);
    }
}

/// <summary>
/// A place in the feed: a position, and at the end of a restriction also the position of an event that it withheld. The entries after a place are
/// older.
/// </summary>
internal readonly record struct FeedPlace(long Position, long? Late);
