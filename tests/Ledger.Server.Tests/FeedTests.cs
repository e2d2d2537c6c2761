using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class FeedTests
{
    [Fact]
    public async Task The_feed_gives_every_event_once_in_order_as_a_CloudEvent()
    {
        await using var ledger = await StartAsync();
        var head = await ledger.Store.HeadAsync();

        var events = new List<JsonElement>();
        JsonElement page;
        var after = 0L;
        do
        {
            page = await ledger.ReadAsync($"/v1/events?after={after}&limit=3");
            page.GetProperty("head").GetInt64().ShouldBe(head);
            events.AddRange(page.GetProperty("events").EnumerateArray());
            after = page.GetProperty("next").GetInt64();
        }
        while (after < head);

        events.Select(e => e.GetProperty("sequence").GetString()).ShouldBe(Enumerable.Range(1, (int)head).Select(n => $"{n:D20}"));
        var denial = events[^1];
        denial.GetProperty("specversion").GetString().ShouldBe("1.0");
        denial.GetProperty("type").GetString().ShouldBe("ledger.denial_recorded.v1");
        denial.GetProperty("subject").GetString().ShouldBe("assertion-c1");
        denial.GetProperty("partitionkey").GetString().ShouldBe("assertion-c1");
        denial.GetProperty("streamversion").GetInt64().ShouldBe(3);
        denial.GetProperty("time").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
        denial.GetProperty("data").GetProperty("party").GetString().ShouldBe("ministry");
        denial.GetProperty("data").TryGetProperty("salt", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("types=denial_recorded", "assertion-c1/3")]
    [InlineData("types=ledger.denial_recorded.v1,party_recorded", "party-gazette/1 party-ministry/1 assertion-c1/3")]
    [InlineData("stream=assertion-c1", "assertion-c1/1 assertion-c1/2 assertion-c1/3")]
    [InlineData("stream=assertion-c1,assertion-c2&types=claim_recorded", "assertion-c1/1 assertion-c2/1")]
    [InlineData("source=report&types=version_captured,source_registered", "source-report/1 source-report/2")]
    [InlineData("publisher=gazette&types=claim_recorded", "assertion-c1/1 assertion-c2/1")]
    [InlineData("publisher=nobody", "")]
    [InlineData("party=ministry&types=denial_recorded,correction_issued", "assertion-c1/2 assertion-c1/3")]
    [InlineData("topic=permits", "assertion-c2/1")]
    [InlineData("topic=permits,nothing", "assertion-c2/1")]
    [InlineData("materiality=minor", "assertion-c1/2")]
    [InlineData("materiality=substantive&stream=assertion-c1", "assertion-c1/3")]
    public async Task A_filter_of_the_feed_gives_what_it_names(string filter, string events)
    {
        await using var ledger = await StartAsync();

        var page = await ledger.ReadAsync($"/v1/events?{filter}");

        string.Join(' ', page.GetProperty("events").EnumerateArray().Select(e => $"{e.GetProperty("subject")}/{e.GetProperty("streamversion")}")).ShouldBe(events);
        page.GetProperty("next").GetInt64().ShouldBe(page.GetProperty("head").GetInt64());
    }

    [Fact]
    public async Task A_long_poll_wakes_for_a_matching_event_of_another_node_and_for_no_other_event()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        await one.RecordClaimAsync("c1");
        var head = await one.Store.HeadAsync();

        var poll = other.ReadAsync($"/v1/events?after={head}&types=denial_recorded&wait=50s");
        await one.RecordClaimAsync("c2");
        await Task.Delay(100);
        poll.IsCompleted.ShouldBeFalse();
        await one.DenyAsync("c1");
        var page = await poll.WaitAsync(TimeSpan.FromSeconds(30));

        page.GetProperty("events").GetArrayLength().ShouldBe(1);
        page.GetProperty("next").GetInt64().ShouldBe(head + 2);
    }

    [Fact]
    public async Task A_long_poll_without_a_matching_event_answers_with_an_empty_page_after_its_time()
    {
        await using var ledger = await StartAsync();
        var head = await ledger.Store.HeadAsync();
        var began = Stopwatch.GetTimestamp();

        var page = await ledger.ReadAsync($"/v1/events?after={head}&wait=1s");

        Stopwatch.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.95));
        page.GetProperty("events").GetArrayLength().ShouldBe(0);
        page.GetProperty("next").GetInt64().ShouldBe(head);
    }

    [Fact]
    public async Task Without_open_reads_a_reader_needs_a_key()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:PublicReads"] = "false" });

        foreach (var path in new[] { "/v1/events", "/v1/assertions", "/v1/assertions/c1", "/v1/sources", "/v1/parties" })
        {
            (await ledger.GetAsync(path)).Response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        (await ledger.GetAsync("/v1/events", asPublic: false)).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/assertions", """{"id": "c2", "proposition": "P", "source": {"id": "report", "version": 1}, "attribution": [], "topics": ["permits"]}""");
        await ledger.RecordAsync("/v1/assertions/c1/corrections", """
            {"publisher": "gazette", "text": "T", "reason": "r", "citation": "c", "materiality": "minor", "changes": [{"field": "modality", "before": "asserted", "after": "hedged"}]}
            """);
        await ledger.DenyAsync("c1");
        return ledger;
    }
}
