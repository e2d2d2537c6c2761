using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>The two reports of August 2018: how a change of one affects the other. Corrections here are fictional.</summary>
public class ArticlesTests
{
    internal const string FictionalCorrection = """
        {"publisher": "the-telegraph", "text": "FICTIONAL, made up for a test: the number was misread.", "url": "https://example.org/fictional",
         "reason": "fictional", "changes": [{"field": "figures/workers", "before": 1237, "after": 1200}]}
        """;

    [Fact]
    public async Task A_correction_of_the_figure_marks_the_report_that_carries_it()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();

        await ledger.RecordAsync("/v1/assertions/t06/corrections", FictionalCorrection);
        await ledger.SettleAsync();

        var flag = await FlagAsync(ledger, "d02", "upstreamChanged");
        flag.GetProperty("detail").GetString()!.ShouldContain("figures/workers");
        flag.GetProperty("detail").GetString()!.ShouldContain("stated");
        flag.GetProperty("detail").GetString()!.ShouldContain("published before the change");
        var (_, history) = await ledger.GetAsync("/v1/assertions/d02/history");
        var change = history.GetProperty("entries").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "upstream_changed").GetProperty("data");
        change.GetProperty("upstream").GetString().ShouldBe("t06");
        change.GetProperty("path").EnumerateArray().Select(p => p.GetString()).ShouldBe(["t06"]);
        change.GetProperty("awaitsAnswer").GetBoolean().ShouldBeFalse();
        var (_, feed) = await ledger.GetAsync("/v1/events?types=upstream_changed");
        feed.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("subject").GetString()).ShouldBe(["assertion-d30", "assertion-d02"], "of the denial and of the correction; nobody else carries the figure");
    }

    [Fact]
    public async Task The_ministrys_denial_shows_on_the_other_headline_and_on_nothing_that_it_did_not_address()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        await ledger.SettleAsync();

        var flag = await FlagAsync(ledger, "d30", "deniedElsewhere");
        flag.GetProperty("detail").GetString()!.ShouldContain("inferred");
        flag.GetProperty("detail").GetString()!.ShouldContain("order of publication unknown");
        var (_, d30) = await ledger.GetAsync("/v1/assertions/d30");
        var via = d30.GetProperty("standing").GetProperty("positions").EnumerateArray().Single(p => p.TryGetProperty("via", out _));
        via.GetProperty("stance").GetString().ShouldBe("denies");
        via.GetProperty("via").GetString().ShouldBe("t20");
        var (_, feed) = await ledger.GetAsync("/v1/events?types=upstream_changed");
        feed.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("subject").GetString()).ShouldBe(["assertion-d30"]);
    }

    [Fact]
    public async Task A_withdrawn_denial_no_longer_shows_elsewhere()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        await ledger.SettleAsync();
        var (_, t20) = await ledger.GetAsync("/v1/assertions/t20");
        var denial = t20.GetProperty("standing").GetProperty("positions").EnumerateArray().Single(p => p.GetProperty("stance").GetString() == "denies");

        await ledger.RecordAsync($"/v1/events/{denial.GetProperty("event").GetString()}/withdrawal", """{"reason": "fictional", "citation": "fictional"}""");
        await ledger.SettleAsync();

        (await FlagsAsync(ledger, "d30")).Select(f => f.GetProperty("flag").GetString()).ShouldBe(["singleOrigin"]);
        var (_, feed) = await ledger.GetAsync("/v1/events?types=upstream_changed");
        feed.GetProperty("events").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task An_enrolled_publisher_owes_an_answer_from_the_upstream_change_until_it_answers()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        await ledger.RecordAsync("/v1/parties/daily-caller", """{"name": "Daily Caller News Foundation", "kind": "publisher", "enrolled": true}""", method: HttpMethod.Put);
        var correction = await ledger.RecordAsync("/v1/assertions/t06/corrections", FictionalCorrection);
        await ledger.SettleAsync();
        await FlagAsync(ledger, "d02", "awaitingAnswer");
        var (_, waiting) = await ledger.GetAsync("/v1/unanswered?publisher=daily-caller");
        waiting.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("assertion").GetString()).ShouldBe(["d02"]);

        await ledger.RecordAsync("/v1/assertions/d02/answers",
            $$"""{"upstream": {{correction.GetProperty("position")}}, "by": "daily-caller", "outcome": "updated", "note": "fictional"}""");

        (await FlagsAsync(ledger, "d02")).Select(f => f.GetProperty("flag").GetString()).ShouldBe(["singleOrigin"]);
        var (_, history) = await ledger.GetAsync("/v1/assertions/d02/history");
        history.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("type").GetString())
            .ShouldBe(["claim_recorded", "linked", "upstream_changed", "action_answered"]);
        await ledger.SettleAsync();
        (await ledger.GetAsync("/v1/unanswered?publisher=daily-caller")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_comparison_of_the_two_reports_says_what_differs_and_what_is_absent()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();

        var (_, comparison) = await ledger.GetAsync("/v1/sources/telegraph-print/comparison?with=daily-caller");

        var absent = comparison.GetProperty("absent").EnumerateArray().Select(r => r.GetProperty("left").GetProperty("id").GetString()).ToList();
        absent.ShouldContain("t07");
        absent.ShouldContain("t13");
        absent.ShouldContain("t14");
        absent.ShouldNotContain("t06");
        Differences(comparison, "t12", "d01").ShouldBe(["attribution"]);
        Differences(comparison, "t09", "d04").ShouldBe(["figures/income", "attribution"]);
        comparison.GetProperty("added").EnumerateArray().Select(r => r.GetProperty("right").GetProperty("id").GetString()).ShouldContain("d17");
    }

    [Fact]
    public async Task A_document_is_found_by_its_hash_and_by_any_spelling_of_its_address()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "online", "seen": true, "text": "It is so.", "url": "https://www.example.org/report/"}""");
        await ledger.RecordClaimAsync("c1", more: """, "figures": [{"name": "n", "value": 1}]""");
        await ledger.RecordAsync("/v1/assertions/c1/corrections",
            """{"publisher": "gazette", "text": "Two.", "url": "https://example.org/n", "reason": "slip", "changes": [{"field": "figures/n", "before": 1, "after": 2}]}""");

        var (_, byUrl) = await ledger.GetAsync("/v1/status?url=http%3A%2F%2FExample.org%2Freport%3Futm_source%3Dx%23top");
        var document = byUrl.GetProperty("documents")[0];
        document.GetProperty("version").GetInt32().ShouldBe(2);
        document.GetProperty("noticesSince")[0].GetProperty("assertion").GetString().ShouldBe("c1");
        document.GetProperty("assertions")[0].GetProperty("label").GetString().ShouldBe("corrected");
        var (_, byHash) = await ledger.GetAsync($"/v1/status?sha256={Domain.TextParts.Sha256("It is so.")}");
        byHash.GetProperty("documents")[0].GetProperty("source").GetString().ShouldBe("report");
        var (_, bySource) = await ledger.GetAsync("/v1/status?source=report");
        bySource.GetProperty("documents").EnumerateArray().SelectMany(d => d.GetProperty("assertions").EnumerateArray()).Select(a => a.GetProperty("id").GetString()).ShouldContain("c1");
    }

    [Fact]
    public async Task The_provenance_of_a_retelling_names_what_it_rests_on_with_the_basis_of_each_step()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();

        var (_, graph) = await ledger.GetAsync("/v1/assertions/d02/provenance?direction=up");

        var edges = graph.GetProperty("edges").EnumerateArray().ToList();
        var link = edges.Single(e => e.GetProperty("relation").GetString() == "derivedFrom");
        link.GetProperty("to").GetString().ShouldBe("assertion-t06");
        link.GetProperty("basis").GetString().ShouldBe("stated");
        edges.Where(e => e.GetProperty("relation").GetString() == "attributedTo" && e.GetProperty("from").GetString() == "assertion-d02")
            .Select(e => e.GetProperty("to").GetString()).ShouldBe(["description-documents", "party-the-telegraph", "party-daily-caller"]);
        var based = edges.Single(e => e.GetProperty("relation").GetString() == "reports");
        based.GetProperty("version").GetProperty("version").GetString().ShouldBe("unseen");
        var (_, down) = await ledger.GetAsync("/v1/assertions/t12/provenance?direction=down&depth=1");
        down.GetProperty("nodes").EnumerateArray().Where(n => n.GetProperty("kind").GetString() == "assertion").Select(n => n.GetProperty("id").GetString())
            .ShouldBe(["assertion-d01", "assertion-d06", "assertion-t12"]);
        var (_, none) = await ledger.GetAsync("/v1/assertions/t12/provenance?direction=down&depth=0");
        none.GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("kind").GetString() == "assertion").ShouldBe(1);
    }

    [Theory]
    [InlineData("application/ld+json", "@graph")]
    [InlineData("application/prov+json", "wasDerivedFrom")]
    public async Task Provenance_is_served_in_standard_formats(string type, string member)
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/assertions/d02/provenance");
        request.Headers.Accept.ParseAdd(type);

        using var response = await ledger.Public.SendAsync(request);

        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty(member);
        (body.ValueKind == JsonValueKind.Array ? body.GetArrayLength() : body.EnumerateObject().Count()).ShouldBeGreaterThan(2);
    }

    private static IEnumerable<string?> Differences(JsonElement comparison, string left, string right) =>
        comparison.GetProperty("differs").EnumerateArray()
            .Single(r => r.GetProperty("left").GetProperty("id").GetString() == left && r.GetProperty("right").GetProperty("id").GetString() == right)
            .GetProperty("differences").EnumerateArray().Select(d => d.GetProperty("field").GetString());

    private static async Task<List<JsonElement>> FlagsAsync(RunningLedger ledger, string id) =>
        [.. (await ledger.GetAsync($"/v1/assertions/{id}")).Body.GetProperty("standing").GetProperty("flags").EnumerateArray()];

    private static async Task<JsonElement> FlagAsync(RunningLedger ledger, string id, string name) =>
        (await FlagsAsync(ledger, id)).Single(f => f.GetProperty("flag").GetString() == name);
}
