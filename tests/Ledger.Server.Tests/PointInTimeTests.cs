using System.Net;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

public class PointInTimeTests
{
    [Fact]
    public async Task The_middle_of_a_long_stream_is_the_same_from_a_landmark_and_from_its_first_event()
    {
        const int Events = 150;
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        for (var n = 2; n <= Events; n++)
        {
            await ledger.RecordAsync("/v1/assertions/c1/denials",
                $$"""{"party": "ministry", "statement": "No, for the {{n}}th time", "contests": "whole", "citation": "a letter"}""");
        }

        var stream = await ledger.Services.GetRequiredService<EventStore>().ReadStreamAsync("assertion-c1");
        foreach (var version in new[] { 150, 129, 3, 64, 128, 127, 65, 63, 1, 140 })
        {
            var (_, then) = await ledger.GetAsync($"/v1/assertions/c1?asOf={stream[version - 1].Position}");

            then.GetProperty("version").GetInt64().ShouldBe(version);
            then.ToString().ShouldBe((await ledger.GetAsync($"/v1/assertions/c1?version={version}")).Body.ToString());
        }
    }

    [Fact]
    public async Task Every_read_of_the_demonstration_separates_known_from_recorded_in_the_same_way()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var head = await ledger.RecordDemoAsync();
        var denial = (await ledger.GetAsync("/v1/assertions/t20/history")).Body.GetProperty("entries").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "denial_recorded");
        var before = denial.GetProperty("position").GetInt64() - 1;

        var (response, problem) = await ledger.GetAsync("/v1/assertions/t20?knownAt=2018-08-02");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        problem.GetProperty("knownFrom").GetString().ShouldBe("2018-08-04");
        await IsKnownFromAsync(ledger, "t20", "2018-08-02");
        await IsKnownFromAsync(ledger, "d01", "2018-08-03");     // In New York that day ends four hours later than in UTC.
        (await LabelAsync("/v1/assertions/t20?knownAt=2018-08-05")).ShouldBe("denied");

        var claims = "order=changed&limit=500&q=defiance%20ban";
        foreach (var day in new[] { "2018-08-01", "2018-08-02", "2018-08-03", "2018-08-04", "2018-08-05", "2018-09" })
        {
            foreach (var asOf in new[] { before, head })
            {
                var (single, view) = await ledger.GetAsync($"/v1/assertions/t20?knownAt={day}&asOf={asOf}");
                var listed = await ListAsync($"source=telegraph-print&limit=500&knownAt={day}&asOf={asOf}&minPosition={head}");
                var found = await ListAsync($"{claims}&knownAt={day}&asOf={asOf}&minPosition={head}");
                if (single.StatusCode == HttpStatusCode.NotFound)
                {
                    listed.ShouldNotContainKey("t20", day);
                    found.ShouldNotContainKey("t20", day);
                }
                else
                {
                    var label = view.GetProperty("standing").GetProperty("label").GetString()!;
                    label.ShouldBe(asOf == before ? "reported" : "denied");
                    listed["t20"].ShouldBe(label, day);
                    found["t20"].ShouldBe(label, day);
                }
            }
        }

        async Task<string?> LabelAsync(string path) => (await ledger.GetAsync(path)).Body.GetProperty("standing").GetProperty("label").GetString();

        async Task<Dictionary<string, string>> ListAsync(string query) => (await ledger.GetAsync($"/v1/assertions?{query}")).Body.GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("id").GetString()!, i => i.GetProperty("label").GetString()!);
    }

    [Fact]
    public async Task Sources_parties_and_histories_tell_what_was_known()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordAsync("/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher", "publishedAt": "2018-01-01"}""");
        await ledger.RecordAsync("/v1/sources", """{"id": "report", "kind": "report", "title": "A report", "publisher": "gazette", "publishedAt": "2018-08-01"}""");
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "print", "publishedAt": "2018-08-02", "seen": true}""");
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "online", "publishedAt": "2018-08-04", "seen": true}""");
        await ledger.RecordAsync("/v1/assertions", """{"id": "c1", "proposition": "It is so", "source": {"id": "report", "version": 1}, "attribution": []}""");
        var late = await ledger.RecordAsync("/v1/assertions/c1/denials",
            """{"party": "gazette", "statement": "Not so", "contests": "whole", "citation": "a letter", "publishedAt": "2018-08-06"}""");

        (await CountAsync("/v1/sources/report/versions?knownAt=2018-08-03")).ShouldBe(1);
        (await CountAsync("/v1/sources/report/versions?knownAt=2018-08-04")).ShouldBe(2);
        (await ledger.GetAsync("/v1/sources/report?knownAt=2018-07")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CountAsync("/v1/sources?knownAt=2018-07")).ShouldBe(0);
        (await CountAsync("/v1/sources?knownAt=2018-08-01")).ShouldBe(1);
        (await ledger.GetAsync("/v1/parties/gazette?knownAt=2017")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ledger.GetAsync("/v1/parties/gazette?knownAt=2018-08-05")).Body.GetProperty("said").GetArrayLength().ShouldBe(0);
        (await ledger.GetAsync("/v1/parties/gazette?knownAt=2018-08-06")).Body.GetProperty("said").GetArrayLength().ShouldBe(1);
        (await ledger.GetAsync($"/v1/parties/gazette?knownAt=2018-08-06&asOf={late.GetProperty("position").GetInt64() - 1}")).Body.GetProperty("said").GetArrayLength().ShouldBe(0);
        (await EntriesAsync("knownAt=2018-08-05")).ShouldBe(1);
        (await EntriesAsync("knownAt=2018-08-06")).ShouldBe(2);

        async Task<int> CountAsync(string path) => (await ledger.GetAsync($"{path}{(path.StartsWith("/v1/sources?", StringComparison.Ordinal) ? $"&minPosition={late.GetProperty("position")}" : "")}"))
            .Body.GetProperty("items").GetArrayLength();

        async Task<int> EntriesAsync(string query) => (await ledger.GetAsync($"/v1/assertions/c1/history?{query}")).Body.GetProperty("entries").GetArrayLength();
    }

    [Fact]
    public async Task A_diff_shows_fields_words_and_figures_and_changes_show_which_standing_moved()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", "The firm hired 100 workers, it said.", """, "figures": [{"name": "workers", "value": 100, "unit": "people"}]""");
        var other = await ledger.RecordClaimAsync("c2");
        var start = other.GetProperty("position").GetInt64();
        var correction = await ledger.RecordAsync("/v1/assertions/c1/corrections", """
            {"publisher": "gazette", "kind": "correction", "text": "It was 80.", "reason": "miscounted", "citation": "page 2", "changes": [
              {"field": "proposition", "before": "The firm hired 100 workers, it said.", "after": "The firm hired 80 workers, it said."},
              {"field": "figures/workers", "before": 100, "after": 80}]}
            """);
        var end = correction.GetProperty("position").GetInt64();

        var (_, diff) = await ledger.GetAsync("/v1/assertions/c1/diff?from=1&to=2");
        diff.GetProperty("proposition").EnumerateArray().Select(r => $"{r.GetProperty("op")}:{r.GetProperty("text")}")
            .ShouldBe(["same:The firm hired ", "removed:100", "added:80", "same: workers, it said."]);
        var figure = diff.GetProperty("figures").EnumerateArray().ShouldHaveSingleItem();
        figure.GetProperty("difference").GetDecimal().ShouldBe(-20);
        figure.GetProperty("unit").GetString().ShouldBe("people");
        diff.GetProperty("fields").EnumerateArray().Select(f => f.GetProperty("field").GetString()).ShouldBe(["proposition"]);
        (await ledger.GetAsync("/v1/assertions/c1/diff?from=1&to=3")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var changed = await ChangesAsync($"from={start}&to={end}");
        changed.Keys.ShouldBe(["c1"]);
        changed["c1"].GetProperty("before").GetProperty("label").GetString().ShouldBe("reported");
        changed["c1"].GetProperty("after").GetProperty("label").GetString().ShouldBe("corrected");
        changed["c1"].GetProperty("events").EnumerateArray().ShouldHaveSingleItem().GetProperty("type").GetString().ShouldBe("correction_issued");
        (await ChangesAsync($"from=0&to={end}")).Keys.ShouldBe(["c2", "c1"]);
        var (_, page) = await ledger.GetAsync($"/v1/changes?from=0&to={end}&limit=1");
        (await ChangesAsync($"from=0&to={end}&limit=1&cursor={page.GetProperty("next").GetString()}")).Keys.ShouldBe(["c1"]);
        (await ChangesAsync($"from={end}&to={end}")).ShouldBeEmpty();
        (await ledger.GetAsync($"/v1/changes?from={end}&to={start}")).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        async Task<Dictionary<string, JsonElement>> ChangesAsync(string query) => (await ledger.GetAsync($"/v1/changes?{query}")).Body.GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("id").GetString()!, i => i);
    }

    [Fact]
    public async Task An_assertion_is_found_only_for_a_time_within_its_scope()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", more: """, "scope": {"from": "2018-01", "to": "2018-03"}""");

        (await ledger.GetAsync("/v1/assertions/c1?validAt=2018-02-10")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.GetAsync("/v1/assertions/c1?validAt=2019")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>The moment that the refusal of an earlier one names is the first that is answered.</summary>
    private static async Task IsKnownFromAsync(RunningLedger ledger, string assertion, string refused)
    {
        var (_, problem) = await ledger.GetAsync($"/v1/assertions/{assertion}?knownAt={refused}");
        var moment = problem.GetProperty("knownFromMoment").GetString()!;
        (await ledger.GetAsync($"/v1/assertions/{assertion}?knownAt={moment}")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var before = DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture).AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        (await ledger.GetAsync($"/v1/assertions/{assertion}?knownAt={before}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
