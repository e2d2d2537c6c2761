using Npgsql;

namespace Ledger.Store;

/// <summary>
/// A cache of the newest events. Each node reads and parses new events once and shares them with all its followers (SSE streams, dispatchers, the
/// signer). The first follower that asks at the end of the cache starts a read, and others that ask meanwhile share it. A follower whose cursor lies
/// before the cache reads from the database by itself.
/// </summary>
internal sealed class LogTail(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>
    /// The least time between the beginnings of two reads, under a steady stream of events. The wait makes the pages larger, and all followers
    /// proceed together. This matters because each page costs a follower one transaction. A caller that waits for its own write hardly notices the
    /// delay. Events that come after a pause, and events behind a full page, are read at once.
    /// </summary>
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The number of cached events: about a second of a busy ledger, so that a follower with a small lag is still served.</summary>
    private const int EventsMax = 8_192;

    /// <summary>The bound on the data of the cached events, in bytes, so that large events cannot make the cache grow without limit.</summary>
    private const long DataMaxBytes = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly RecordedEvent?[] ring = new RecordedEvent?[EventsMax];    // Indexed by position; null where somebody removed an event from the log.
    private long first = 1;
    private long last;
    private long dataBytes;
    private long head;
    private int restarts;       // A read that began before a restart is not cached.
    private Task? reading;
    private long broughtAt;     // When the last read that found events began; 0 before the first such read, and after a full page.

    /// <summary>The events after a position. The very newest may still be missing; the page is empty where there are none.</summary>
    /// <param name="after">The follower's cursor.</param>
    /// <param name="limit">The greatest number of events.</param>
    /// <param name="types">The stored types to show; empty shows all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FeedPage> ReadAsync(long after, int limit, IReadOnlySet<string> types, CancellationToken cancellationToken)
    {
        Task? readOn = null;
        lock (gate)
        {
            if (after > last)
            {
                Restart(after);
            }

            if (after == last)
            {
                readOn = reading ??= ReadOnAsync(after, restarts);
            }
        }

        if (readOn is not null)
        {
            await readOn.WaitAsync(cancellationToken);
        }

        lock (gate)
        {
            if (after >= first - 1)
            {
                return Page(after, limit, types);
            }
        }

        return await FeedQuery.ReadAsync(dataSource, after, Math.Min(limit, FeedQuery.PageMax), new() { Types = [.. types] }, cancellationToken);
    }

    /// <summary>Drops all cached events, because an erasure changed stored events.</summary>
    public void Forget()
    {
        lock (gate)
        {
            Restart(last);
        }
    }

    private async Task ReadOnAsync(long after, int restart)
    {
        await Task.Yield();     // The caller that starts the read holds the gate.
        try
        {
            if (broughtAt != 0 && ReadInterval - timeProvider.GetElapsedTime(broughtAt) is { Ticks: > 0 } left)
            {
                await Task.Delay(left, timeProvider);
            }

            var began = timeProvider.GetTimestamp();
            var page = await FeedQuery.ReadAsync(dataSource, after, FeedQuery.PageMax, FeedFilter.All, CancellationToken.None);
            lock (gate)
            {
                broughtAt = page.Events.Count == FeedQuery.PageMax ? 0 : page.Events.Count > 0 ? began : broughtAt;
                if (restart == restarts)
                {
                    page.Events.ToList().ForEach(Keep);
                    head = page.Head;
                }
            }
        }
        finally
        {
            lock (gate)
            {
                reading = null;
            }
        }
    }

    private void Keep(RecordedEvent e)
    {
        dataBytes += e.Data.Length;
        while (first <= last && (e.Position - first >= EventsMax || dataBytes > DataMaxBytes))
        {
            DropFirst();
        }

        if (first > last)
        {
            first = e.Position;
        }

        ring[e.Position % EventsMax] = e;
        last = e.Position;
    }

    private FeedPage Page(long after, int limit, IReadOnlySet<string> types)
    {
        var events = new List<RecordedEvent>();
        var seen = after;
        while (seen < last && events.Count < limit)
        {
            if (ring[++seen % EventsMax] is { } e && (types.Count == 0 || types.Contains(e.Type)))
            {
                events.Add(e);
            }
        }

        return new(events, seen, Math.Max(head, seen));
    }

    private void Restart(long position)
    {
        while (first <= last)
        {
            DropFirst();
        }

        (first, last) = (position + 1, position);
        restarts++;
    }

    private void DropFirst()
    {
        dataBytes -= ring[first % EventsMax]?.Data.Length ?? 0;
        ring[first++ % EventsMax] = null;
    }
}
