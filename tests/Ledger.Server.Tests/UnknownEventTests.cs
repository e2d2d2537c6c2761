using System.Net;
using Ledger.Store;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class UnknownEventTests
{
    [Fact]
    public async Task A_stored_event_of_a_future_type_is_shown_generically_and_breaks_nothing()
    {
        // The daemon starts again for each new type, which takes a second, and on a busy machine longer than a list waits by itself.
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:ProjectionWaitMs"] = "60000" });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.DenyAsync("c1");
        var future = new NewEvent(Guid.CreateVersion7(), "future_thing", """{"mood": "blue", "parts": [1, {"deep": null}]}""", new() { RecordedBy = "a later version", Tags = ["source:report"] });
        (await ledger.Store.AppendAsync(new([new("assertion-c1", "assertion", 2, [future])]))).ShouldBeOfType<AppendResult.Appended>();

        var view = await ledger.ReadAsync("/v1/assertions/c1");
        view.Label.ShouldBe("denied");
        view.GetProperty("version").GetInt64().ShouldBe(3);

        var entries = (await ledger.ReadAsync("/v1/assertions/c1/history")).GetProperty("entries");
        entries.GetArrayLength().ShouldBe(3);
        entries[2].GetProperty("type").GetString().ShouldBe("future_thing");
        entries[2].GetProperty("recordedBy").GetString().ShouldBe("a later version");
        entries[2].GetProperty("data").GetProperty("mood").GetString().ShouldBe("blue");

        var feed = (await ledger.ReadAsync("/v1/events?types=ledger.future_thing.v1&source=report")).GetProperty("events");
        feed.GetArrayLength().ShouldBe(1);
        feed[0].GetProperty("type").GetString().ShouldBe("ledger.future_thing.v1");
        feed[0].GetProperty("data").GetProperty("parts")[0].GetInt32().ShouldBe(1);

        (await ledger.ListAsync("label=denied")).ShouldBe(["c1"]);
        (await ledger.GetAsync("/v1/assertions/c1?knownAt=2018-09")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.GetAsync("/v1/parties/ministry")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.GetAsync("/health/ready")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Commands_work_after_an_event_of_a_future_type_but_it_cannot_be_withdrawn()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        var future = new NewEvent(Guid.CreateVersion7(), "future_thing_v3", "{}", new() { RecordedBy = "a later version" });
        await ledger.Store.AppendAsync(new([new("assertion-c1", "assertion", 1, [future])]));

        (await ledger.DenyAsync("c1")).GetProperty("version").GetInt64().ShouldBe(3);
        var (response, problem) = await ledger.PostAsync($"/v1/events/{future.Id}/withdrawal", """{"reason": "r", "citation": "c"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        problem.GetProperty("type").GetString().ShouldBe("/problems/not-open");
        (await ledger.ReadAsync("/v1/events?types=ledger.future_thing.v3")).GetProperty("events").GetArrayLength().ShouldBe(1);
    }
}
