using System.Runtime.CompilerServices;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>
/// Reads the events that a restriction withheld from readers whose cursor has passed them. They are read from the log after the restriction has
/// ended.
/// </summary>
internal static class LateEvents
{
    /// <summary>The events that a restriction hid, in order of position, without those that are still hidden.</summary>
    /// <param name="store">The log.</param>
    /// <param name="end">The end of the restriction.</param>
    /// <param name="before">Only events before this position.</param>
    /// <param name="filter">What the reader asked for.</param>
    /// <param name="hidden">What is still restricted, or restricted again.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    internal static async IAsyncEnumerable<RecordedEvent> WithheldEventsAsync(
        this EventStore store, RestrictionEnd end, long before, FeedFilter filter, RestrictedNow hidden, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = Math.Min(before, end.Position) - 1;
        var quoting = new Queue<RecordedEvent>(await QuotingAsync(store, end, last, cancellationToken));
        await foreach (var e in CoveredAsync(store, end, last, cancellationToken))
        {
            while (quoting.TryPeek(out var link) && link.Position <= e.Position)
            {
                if (quoting.Dequeue().Position < e.Position && IsShown(link))
                {
                    yield return link;
                }
            }

            if (end.Covers(e) && IsShown(e))
            {
                yield return e;
            }
        }

        foreach (var link in quoting.Where(IsShown))
        {
            yield return link;
        }

        bool IsShown(RecordedEvent e) => filter.Shows(e) && !hidden.Hides(e);
    }

    /// <summary>The links of other streams that quote what the restriction hid. They were withheld with it.</summary>
    private static async Task<IReadOnlyList<RecordedEvent>> QuotingAsync(EventStore store, RestrictionEnd end, long upTo, CancellationToken cancellationToken)
    {
        await CarryingLinks.ReachAsync(store, upTo, cancellationToken);
        await using var command = store.DataSource.CreateCommand("""
            select from_pos from ledger_read.link
            where from_pos <= $2 and (to_stream = $1 or ($3::text is not null and to_stream in (select 'assertion-' || assertion from ledger_read.claim where source = $3)))
            order by from_pos
            """);
        command.Parameters.Add(new() { Value = end.Stream });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = (object?)end.Source ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var positions = await command.ListAsync(row => row.GetInt64(0), cancellationToken);
        return positions.Count == 0
            ? []
            : [.. (await store.ReadEventsAsync(positions, cancellationToken)).Where(e => e.ToDomain().Event is Linked { Differences: var differences } && differences.Any(d => d.Theirs is not null))];
    }

    private static async IAsyncEnumerable<RecordedEvent> CoveredAsync(
        EventStore store, RestrictionEnd end, long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (end.Source is not { } source)
        {
            foreach (var e in await store.ReadStreamAsync(end.Stream, toPosition: upTo, cancellationToken: cancellationToken))
            {
                yield return e;
            }

            yield break;
        }

        var filter = new FeedFilter { AnyOfTags = [RestrictionEnd.TagOf(source)] };
        for (var after = 0L; after < upTo;)
        {
            var page = await store.ReadFeedAsync(after, EventStore.FeedPageMax, filter, cancellationToken);
            foreach (var e in page.Events.TakeWhile(e => e.Position <= upTo))
            {
                yield return e;
            }

            after = page.Next;
        }
    }
}
