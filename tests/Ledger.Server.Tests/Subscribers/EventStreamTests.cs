using System.Globalization;
using System.Net;
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
    public async Task Frames_that_hold_an_id_alone_move_the_cursor_over_what_the_filter_hides()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        using var reading = new StreamReading(ledger, "/v1/events/stream?types=source_registered");

        await UntilAsync(() => reading.LastId == "4", "the cursor stands at the head");

        reading.Events.Select(e => e.Id).ShouldBe(["3"]);
    }

    [Fact]
    public async Task A_reader_resumes_behind_its_last_id()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();

        using var reading = new StreamReading(ledger, "/v1/events/stream?after=1", lastEventId: "3");

        await UntilAsync(() => reading.Events.Count > 0, "the rest");
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

    /// <summary>Reads a stream in the background.</summary>
    private sealed class StreamReading : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Lock _gate = new();
        private readonly List<(string Id, string Data)> _events = [];
        private string _lastId = "";

        public StreamReading(RunningLedger ledger, string path, string? lastEventId = null, bool asPublic = true) =>
            _ = ReadAsync(asPublic ? ledger.Public : ledger.Http, path, lastEventId);

        public List<(string Id, string Data)> Events
        {
            get
            {
                lock (_gate)
                {
                    return [.. _events];
                }
            }
        }

        public string LastId => Volatile.Read(ref _lastId);

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        private async Task ReadAsync(HttpClient http, string path, string? lastEventId)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (lastEventId is not null)
            {
                request.Headers.Add("Last-Event-ID", lastEventId);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_stop.Token));
            var (id, data) = ("", "");
            while (await lines.ReadLineAsync(_stop.Token) is { } line)
            {
                switch (line.Split(": ", 2))
                {
                    case ["id", var value]:
                        id = value;
                        break;
                    case ["data", var value]:
                        data = value;
                        break;
                    case [""]:
                        Take(id, data);
                        data = "";
                        break;
                    default:
                        break;
                }
            }
        }

        private void Take(string id, string data)
        {
            lock (_gate)
            {
                if (data.Length > 0)
                {
                    _events.Add((id, data));
                }
            }

            Volatile.Write(ref _lastId, id);
        }
    }
}
