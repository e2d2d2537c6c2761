using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

public class EventStreamTests
{
    [Fact]
    public async Task The_stream_shows_what_was_recorded_before_and_what_is_recorded_then()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        using var reading = new StreamReading(ledger, "/v1/events/stream");
        await UntilAsync(() => reading.Events.Count == 4, "the four events of the basics");

        await ledger.RecordClaimAsync("c1");

        await UntilAsync(() => reading.Events.Count == 5, "the claim");
        reading.Events.Select(e => e.Id).ShouldBe(["1", "2", "3", "4", "5"]);
        var (_, feed) = await ledger.GetAsync("/v1/events");
        reading.Events.Select(e => e.Data).ShouldBe(feed.GetProperty("events").EnumerateArray().Select(e => e.GetRawText()));
    }

    [Fact]
    public async Task Frames_with_only_an_id_move_the_cursor_past_hidden_events()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        using var reading = new StreamReading(ledger, "/v1/events/stream?types=source_registered");

        await UntilAsync(() => reading.LastId == "4", "the cursor stands at the head");

        reading.Events.Select(e => e.Id).ShouldBe(["3"]);
    }

    [Fact]
    public async Task A_reader_resumes_after_its_last_id()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();

        using var reading = new StreamReading(ledger, "/v1/events/stream?after=1", lastEventId: "3");

        await UntilAsync(() => reading.Events.Count > 0, "the remaining events arrive");
        reading.Events.Select(e => e.Id).ShouldBe(["4"]);
    }

    [Fact]
    public async Task A_restricted_assertion_does_not_reach_the_public_and_reaches_an_auditor()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        using var open = new StreamReading(ledger, "/v1/events/stream");
        using var audit = new StreamReading(ledger, "/v1/events/stream", asPublic: false);
        await ledger.RecordClaimAsync("c1");
        await UntilAsync(() => open.Events.Count == 5, "the claim is public at first");

        await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "embargo", "until": "2030-01-01"}""");
        await ledger.DenyAsync("c1", "No");
        await ledger.RecordClaimAsync("c2");

        await UntilAsync(() => audit.Events.Count == 8 && open.Events.Any(e => e.Id == "8"), "all that either may see");
        open.Events.Select(e => e.Id).ShouldBe(["1", "2", "3", "4", "5", "8"]);
    }

    [Fact]
    public async Task Fifty_readers_see_every_event_once_and_in_order_while_events_are_recorded()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        var readings = Enumerable.Range(0, 50).Select(_ => new StreamReading(ledger, "/v1/events/stream")).ToList();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => ledger.RecordClaimAsync($"c{i}")));

        await UntilAsync(() => readings.TrueForAll(r => r.Events.Count == 104), "all readers have all events");
        var all = Enumerable.Range(1, 104).Select(p => p.ToString(CultureInfo.InvariantCulture)).ToList();
        readings.ShouldAllBe(r => r.Events.Select(e => e.Id).SequenceEqual(all));
        readings.ForEach(r => r.Dispose());
    }

    [Fact]
    public async Task An_id_that_is_no_position_is_refused()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events/stream");
        request.Headers.Add("Last-Event-ID", "abc");

        using var response = await ledger.Public.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_newest_signed_head_travels_beside_the_events_as_a_comment()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        using var reading = new StreamReading(ledger, "/v1/events/stream");
        // The log is signed from its beginning, so the first events may travel beside the head of the empty log.
        await UntilAsync(async () =>
        {
            using var answer = await ledger.Public.GetAsync(new Uri("/log/checkpoint", UriKind.Relative));
            return answer.IsSuccessStatusCode && int.Parse((await answer.Content.ReadAsStringAsync()).Split('\n')[1], CultureInfo.InvariantCulture) >= 1;
        }, "the first events are signed");
        await Task.Delay(300);      // A head may be up to 0.2 s old.

        await ledger.RecordClaimAsync("c1");
        await UntilAsync(() => reading.Events.Count == 5, "the claim");

        var comment = reading.Comments.Last(c => c.StartsWith(" Ledger-Checkpoint ", StringComparison.Ordinal));
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(comment[" Ledger-Checkpoint ".Length..])).Split('\n');
        int.Parse(lines[1], CultureInfo.InvariantCulture).ShouldBeInRange(1, 5);
        (await ledger.Public.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative))).Split('\n')[0].ShouldBe(lines[0]);
    }

    /// <summary>What the reader does not take waits in the socket buffers and in one batch, not in the server. The reader is cut off and reconnects.</summary>
    [Fact]
    public async Task A_reader_that_stops_reading_is_cut_off_and_resumes_without_a_gap_while_others_continue()
    {
        const int Count = 40_000;
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await LogCopy.FillAsync(database, Enumerable.Range(0, Count).Select(n =>
            new CopiedEvent($"assertion-a{n % 100}", "assertion", "sample_recorded", $$"""{"text": "{{new string('x', 600)}}"}""", [])));
        await using var ledger = await RunningLedger.StartAsync(database, new Dictionary<string, string?>(Settings) { ["Ledger:Streams:Patience"] = "00:00:01" });
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await slow.ConnectAsync(ledger.BaseAddress.Host, ledger.BaseAddress.Port);
        await slow.SendAsync("GET /v1/events/stream HTTP/1.0\r\nHost: ledger\r\n\r\n"u8.ToArray());
        var taken = new StringBuilder();
        await TakeAsync(slow, taken, 20_000);

        using var other = new StreamReading(ledger, "/v1/events/stream");
        await UntilAsync(() => other.LastId == Count.ToString(CultureInfo.InvariantCulture), "the other reader has all events");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await TakeAsync(slow, taken, int.MaxValue);

        var ids = taken.ToString().Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).SkipLast(1).Select(l => long.Parse(l[4..], CultureInfo.InvariantCulture)).ToList();
        ids.ShouldBe(Enumerable.Range(1, ids.Count).Select(n => (long)n));
        ids.Count.ShouldBeInRange(1, Count / 2, "the remaining events were never written");
        using var again = new StreamReading(ledger, "/v1/events/stream", lastEventId: ids[^1].ToString(CultureInfo.InvariantCulture));
        await UntilAsync(() => again.LastId == Count.ToString(CultureInfo.InvariantCulture), "the reader has the remaining events");
        again.Events.Select(e => long.Parse(e.Id, CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(ids.Count + 1, Count - ids.Count).Select(n => (long)n));
    }

    /// <summary>Reads from a socket until it has enough or the other side is closed.</summary>
    private static async Task TakeAsync(Socket socket, StringBuilder taken, int enough)
    {
        var buffer = new byte[64 * 1024];
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            while (taken.Length < enough && await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var read)
            {
                taken.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // The connection was reset. Buffered events are lost with it and are sent again.
        }
    }
}
