using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class RecordingTests
{
    [Fact]
    public async Task A_denial_shows_at_once_in_the_view_and_in_the_list_after_the_list_has_caught_up()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        var denial = await ledger.RecordAsync("/v1/assertions/c1/denials",
            """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "https://example.org/denial"}""");

        var (_, view) = await ledger.GetAsync("/v1/assertions/c1");
        view.GetProperty("standing").GetProperty("label").GetString().ShouldBe("denied");
        var (_, list) = await ledger.GetAsync($"/v1/assertions?label=denied&minPosition={denial.GetProperty("position")}");
        list.GetProperty("items").GetArrayLength().ShouldBe(1);
        list.GetProperty("items")[0].GetProperty("id").GetString().ShouldBe("c1");
    }

    [Fact]
    public async Task The_demonstration_appends_nothing_the_second_time()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        var head = await ledger.SettleAsync();

        await ledger.RecordDemoAsync();

        (await ledger.SettleAsync()).ShouldBe(head);
        var (response, feed) = await ledger.GetAsync($"/v1/events?after={head}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        feed.GetProperty("head").GetInt64().ShouldBe(head);
    }

    [Fact]
    public async Task A_supersession_recorded_with_a_claim_shows_on_both_assertions()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("old");
        var answer = await ledger.RecordClaimAsync("new", "It is otherwise",
            """, "links": [{"to": "old", "relation": "supersedes", "basis": "stated", "because": "wasWrong"}]""");

        var (_, old) = await ledger.GetAsync("/v1/assertions/old");
        old.GetProperty("standing").GetProperty("label").GetString().ShouldBe("superseded");
        old.GetProperty("links")[0].GetProperty("supersededBy").GetString().ShouldBe("new");

        var link = answer.GetProperty("events").EnumerateArray().Last(e => e.GetProperty("stream").GetString() == "assertion-new").GetProperty("id");
        await ledger.RecordAsync($"/v1/events/{link}/withdrawal", """{"reason": "linked by mistake"}""");
        (_, old) = await ledger.GetAsync("/v1/assertions/old");
        old.GetProperty("standing").GetProperty("label").GetString().ShouldBe("reported");
    }
}
