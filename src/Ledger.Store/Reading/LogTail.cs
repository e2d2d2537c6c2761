using Npgsql;

namespace Ledger.Store;

/// <summary>
/// The newest events, read and parsed once a node for all who follow the log. Whoever asks at its end makes it read on, and the others
/// who ask meanwhile share that reading; whoever is farther behind than it reaches back reads for himself.
/// </summary>
internal sealed class LogTail(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>
    /// Under a steady stream of events a reading begins this long after the one before it, so that all who follow go on
    /// together with larger pages, each of which costs them a transaction; a read that waits for its own write hardly notices. What comes after a silence
    /// is read at once, and so is what lies behind a full page.
    /// </summary>
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Events kept: a second of a busy ledger, so that a follower that lags a little is still served.</summary>
    private const int EventsMax = 8_192;

    /// <summary>A few events of the greatest size must not make it grow without end. Of data.</summary>
    private const long DataMaxBytes = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly RecordedEvent?[] ring = new RecordedEvent?[EventsMax];    // by position; null where somebody took an event out of the log
    private long first = 1;
    private long last;
    private long dataBytes;
    private long head;
    private int restarts;       // a reading that began before one is not kept
    private Task? reading;
    private long broughtAt;     // when the last reading began that brought something; 0 before the first, and after one that left something

    /// <summary>Events behind a position: perhaps not yet the very newest, and none where there is none.</summary>
    /// <param name="after">The follower's position.</param>
    /// <param name="limit">Most events.</param>
    /// <param name="types">Stored types; empty shows all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
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

    /// <summary>Drops what is kept, where stored events were changed: an erasure.</summary>
    public void Forget()
    {
        lock (gate)
        {
            Restart(last);
        }
    }

    private async Task ReadOnAsync(long after, int restart)
    {
        await Task.Yield();     // The first asker holds the gate.
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
