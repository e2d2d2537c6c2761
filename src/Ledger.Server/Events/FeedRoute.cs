using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The feed of events after a position, with filters. It waits for the next event if asked to (long poll).</summary>
internal static class FeedRoute
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;

    /// <summary>The longest poll: less than the minute after which proxies give up.</summary>
    private const int WaitMaxS = 50;

    /// <summary>The values that the filter by materiality takes.</summary>
    internal static readonly string[] Materialities = [.. Enum.GetNames<Materiality>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/events", "Read the feed of events; long poll with wait", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var after = call.Query.Number("after", 0, 0, long.MaxValue);
        var limit = (int)call.Query.Number("limit", LimitDefault, 1, LimitMax);
        var wait = Wait(call.Query);
        var filter = Filter(call.Query);
        call.Query.Done();
        await call.RequireReachedAsync(after, "after");
        var clock = call.Service<TimeProvider>();
        var started = clock.GetTimestamp();
        while (true)
        {
            var page = await PageAsync(call, after, limit, filter);
            var left = wait - clock.GetElapsedTime(started);
            if (page.Events.Count > 0 || page.Late.Count > 0 || left <= TimeSpan.Zero)
            {
                await WriteAsync(call, page);
                return;
            }

            after = page.Next;
            await call.Store.WaitForAsync(Math.Max(page.Next, page.Head), left, call.Cancelled);
        }
    }

    /// <summary>The filters that the feed and the event stream share.</summary>
    internal static FeedFilter Filter(Query query)
    {
        return new()
        {
            Types = [.. query.List("types").Select(CloudEvent.StoredType)],
            Streams = query.List("stream"),
            AnyOfTags = Tags(query, "source", "publisher", "party", "topic", "materiality"),
        };
    }

    /// <summary>
    /// The tags that the query asks for. An event needs one tag of each name. An unknown materiality is refused, because nothing would ever match it.
    /// </summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Tags(Query query, params IReadOnlyList<string> names)
    {
        var tags = new List<IReadOnlyList<string>>();
        foreach (var name in names)
        {
            if ((name == "materiality" ? query.Words(name, Materialities) : query.List(name)) is { Count: > 0 } values)
            {
                tags.Add([.. values.Select(v => $"{name}:{v}")]);
            }
        }

        return tags;
    }

    /// <summary>
    /// Reads past events that the filter or a restriction hides, one bounded page per round, until something is found or the head is reached.
    /// <para>
    /// A cursor may have passed events while they were restricted. So the events that a restriction hid are given at the position where it ended, and
    /// the page ends there: nothing newer of the same assertion comes before them. A reader that begins at 0 has passed nothing, and finds each event
    /// at its own position.
    /// </para>
    /// </summary>
    private static async Task<Page> PageAsync(ReadCall call, long after, int limit, FeedFilter filter)
    {
        var isFresh = after == 0;
        while (true)
        {
            var page = await call.Store.ReadFeedAsync(after, limit, filter, call.Cancelled);
            // The restrictions are read after the page, so that an end of a restriction among its events is known.
            var restricted = await call.RestrictedInLogAsync();
            var visible = page.Events.Where(e => !restricted.Hides(e) && (isFresh || restricted.LastEndOver(e) is null)).ToList();
            var from = after;
            while (!isFresh && restricted.FirstEnd(from, page.Next) is { } end)
            {
                var late = await call.Store.WithheldEventsAsync(end, end.Position, filter, restricted, call.Cancelled).ToListAsync(call.Cancelled);
                if (late.Count > 0)
                {
                    return new([.. visible.Where(e => e.Position <= end.Position)], late, end.Position, end.Position, page.Head);
                }

                from = end.Position;
            }

            if (visible.Count > 0 || page.Next >= page.Head)
            {
                return new(visible, [], null, page.Next, page.Head);
            }

            after = page.Next;
        }
    }

    private static TimeSpan Wait(Query query)
    {
        var text = query.Text("wait");
        return text is null ? TimeSpan.Zero
            : int.TryParse(text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= WaitMaxS ? TimeSpan.FromSeconds(seconds)
            : throw Query.Invalid("wait", $"is a number of seconds such as 30s, {WaitMaxS}s at most.");
    }

    private static async Task WriteAsync(ReadCall call, Page page)
    {
        var source = call.Service<LedgerIdentity>().Uri;
        await call.Service<SignedHeads>().AddHeaderAsync(call.Response, call.Cancelled);
        var body = new ArrayBufferWriter<byte>();
        WriteEvents(body, "{\"events\":["u8, page.Events, source, null);
        if (page.Late.Count > 0)
        {
            WriteEvents(body, ",\"late\":["u8, page.Late, source, page.WithheldTo);
        }

        body.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"next\":{page.Next},\"head\":{page.Head}}}")));
        await call.WriteBytesAsync(body.WrittenSpan.ToArray(), "application/json", page.Head);
    }

    private static void WriteEvents(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> opening, IReadOnlyList<RecordedEvent> events, string source, long? withheldTo)
    {
        body.Write(opening);
        for (var i = 0; i < events.Count; i++)
        {
            body.Write(i == 0 ? ""u8 : ","u8);
            body.Write(CloudEvent.Serialize(events[i], source, withheldTo));
        }

        body.Write("]"u8);
    }

    private sealed record Page(IReadOnlyList<RecordedEvent> Events, IReadOnlyList<RecordedEvent> Late, long? WithheldTo, long Next, long Head);
}
