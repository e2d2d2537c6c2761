using System.Net;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class RestrictionTests
{
    [Fact]
    public async Task A_restricted_document_answers_451_by_source_address_and_hash()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "online", "seen": true, "url": "https://gazette.example/report", "text": "It is so."}""");
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/restrictions", """{"source": "report", "reason": "kill"}""");
        await ledger.SettleAsync();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("It is so."u8));
        foreach (var path in (string[])["/v1/status?source=report", "/v1/status?url=https://gazette.example/report", $"/v1/status?sha256={hash}", "/v1/certificates?url=https://gazette.example/report"])
        {
            (await ledger.GetAsync(path)).Response.StatusCode.ShouldBe((HttpStatusCode)451, path);
        }

        (await ledger.GetAsync("/v1/status?url=https://gazette.example/other")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"assertion": "hidden", "reason": "legal"}""")]
    [InlineData("""{"source": "secret", "reason": "kill"}""")]
    public async Task A_restriction_hides_an_assertion_from_every_public_read_at_once_until_it_is_withdrawn(string restriction)
    {
        await using var ledger = await StartAsync();
        var before = await ledger.Store.HeadAsync();
        (await SeenAsync(ledger, asPublic: true)).ShouldAllBe(r => r.Seen);

        var answer = await ledger.RecordAsync("/v1/restrictions", restriction);

        var seen = await SeenAsync(ledger, asPublic: true);
        seen.Where(r => r.Seen).Select(r => r.Path).ShouldBeEmpty();
        seen.Where(r => r.Path.StartsWith("/v1/assertions/hidden", StringComparison.Ordinal)).ShouldAllBe(r => r.Status == (HttpStatusCode)451);
        (await SeenAsync(ledger, asPublic: true, asOf: before)).Where(r => r.Seen).Select(r => r.Path).ShouldBeEmpty();
        (await SeenAsync(ledger, asPublic: false)).ShouldAllBe(r => r.Seen);
        (await ledger.ReadAsync("/v1/assertions/open")).Label.ShouldBe("reported");

        await ledger.RecordAsync($"/v1/events/{answer.EventId}/withdrawal", """{"reason": "the order was lifted"}""");

        (await SeenAsync(ledger, asPublic: true)).ShouldAllBe(r => r.Seen);
        (await SeenAsync(ledger, asPublic: true, asOf: before)).ShouldAllBe(r => r.Seen);
    }

    [Fact]
    public async Task A_restricted_assertion_answers_451_with_a_problem()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/restrictions", """{"assertion": "hidden", "reason": "legal"}""");

        var (response, problem) = await ledger.GetAsync("/v1/assertions/hidden");

        response.StatusCode.ShouldBe((HttpStatusCode)451);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        problem.GetProperty("type").GetString().ShouldBe("/problems/restricted");
        problem.ToString().ShouldNotContain("unheard");
    }

    [Fact]
    public async Task A_restricted_source_answers_451_and_leaves_the_list_of_sources()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/restrictions", """{"source": "secret", "reason": "embargo"}""");

        (await ledger.GetAsync("/v1/sources/secret")).Response.StatusCode.ShouldBe((HttpStatusCode)451);
        (await ledger.GetAsync("/v1/sources/secret/versions")).Response.StatusCode.ShouldBe((HttpStatusCode)451);
        (await ledger.ReadAsync($"/v1/sources?minPosition={await ledger.Store.HeadAsync()}")).Ids().ShouldBe(["report"]);
        (await ledger.ReadAsync("/v1/sources", asPublic: false)).Ids().ShouldBe(["report", "secret"]);
    }

    [Fact]
    public async Task An_embargo_ends_by_itself()
    {
        await using var ledger = await StartAsync();
        var until = TimeProvider.System.GetUtcNow().AddSeconds(6);
        await ledger.RecordAsync("/v1/restrictions", $$"""{"assertion": "hidden", "reason": "embargo", "until": "{{until:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""");
        (await ledger.GetAsync("/v1/assertions/hidden")).Response.StatusCode.ShouldBe((HttpStatusCode)451);

        while (TimeProvider.System.GetUtcNow() <= until)
        {
            await Task.Delay(50);
        }

        (await ledger.GetAsync("/v1/assertions/hidden")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_restriction_recorded_on_one_node_holds_on_the_other_at_once()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        await one.RecordClaimAsync("c1");
        (await other.GetAsync("/v1/assertions/c1")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);

        await one.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "hold"}""");

        (await other.GetAsync("/v1/assertions/c1")).Response.StatusCode.ShouldBe((HttpStatusCode)451);
    }

    [Theory]
    [InlineData("""{"assertion": "hidden", "reason": "legal"}""")]
    [InlineData("""{"source": "secret", "reason": "kill"}""")]
    public async Task Quotations_of_restricted_text_are_left_out_of_other_answers(string restriction)
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/assertions/open/links", """
            {"to": "hidden", "relation": "derivedFrom", "basis": "stated", "differences": [{"field": "proposition", "theirs": "unheard words", "ours": "It is so"}]}
            """);
        var linked = await ledger.SettleAsync();
        var tag = (await ledger.GetAsync("/v1/assertions/open")).Response.Headers.ETag!.Tag;
        string[] reads =
        [
            "/v1/assertions/open", "/v1/assertions/open?version=2", $"/v1/assertions/open?asOf={linked}", "/v1/assertions/open/history", "/v1/assertions/open/provenance",
            "/v1/sources/report", "/v1/sources/report/comparison?with=secret", "/v1/events?limit=1000", "/v1/events?stream=assertion-open", "/v1/export?format=ndjson",
            "/v1/export?format=datafeed", "/v1/export?format=csv", $"/v1/proofs/{linked}", $"/v1/changes?from=0&to={linked}", "/v1/status?source=report", "/v1/assertions",
        ];
        async Task<List<string>> QuotingAsync(bool asPublic)
        {
            var quoting = new List<string>();
            foreach (var path in reads)
            {
                using var response = await (asPublic ? ledger.Public : ledger.Http).GetAsync(new Uri(path, UriKind.Relative));
                if ((await response.Content.ReadAsStringAsync()).Contains("unheard words", StringComparison.Ordinal))
                {
                    quoting.Add(path);
                }
            }

            return quoting;
        }

        var before = await QuotingAsync(asPublic: true);
        before.Count.ShouldBeGreaterThan(5);
        var answer = await ledger.RecordAsync("/v1/restrictions", restriction);

        (await QuotingAsync(asPublic: true)).ShouldBeEmpty();
        (await QuotingAsync(asPublic: false)).ShouldBe(before);
        var difference = (await ledger.ReadAsync("/v1/assertions/open")).GetProperty("links")[0].GetProperty("differences")[0];
        difference.GetProperty("withheld").GetBoolean().ShouldBeTrue();
        difference.GetProperty("ours").GetString().ShouldBe("It is so");
        using var cached = new HttpRequestMessage(HttpMethod.Get, "/v1/assertions/open");
        cached.Headers.TryAddWithoutValidation("If-None-Match", tag);
        (await ledger.Public.SendAsync(cached)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var cursor = await ledger.Store.HeadAsync();
        await ledger.RecordAsync($"/v1/events/{answer.EventId}/withdrawal", """{"reason": "the order was lifted"}""");

        (await QuotingAsync(asPublic: true)).ShouldBe(before);
        var late = (await ledger.GetAsync($"/v1/events?after={cursor}&types=linked")).Body.GetProperty("late");
        late.EnumerateArray().ShouldHaveSingleItem().GetProperty("data").ToString().ShouldContain("unheard words");
    }

    /// <summary>Every public read that could show the assertion "hidden": its status, and whether its id or words are there.</summary>
    private static async Task<IReadOnlyList<(string Path, HttpStatusCode Status, bool Seen)>> SeenAsync(RunningLedger ledger, bool asPublic, long? asOf = null)
    {
        var head = await ledger.Store.HeadAsync();
        var moment = asOf is { } position ? $"asOf={position}" : "";
        var at = moment.Length > 0 ? moment : $"minPosition={head}";
        string[] reads =
        [
            $"/v1/assertions/hidden?{moment}", $"/v1/assertions/hidden/history?{moment}", $"/v1/assertions?{at}", $"/v1/assertions?q=unheard&{at}",
            $"/v1/assertions?party=ministry&{at}", $"/v1/assertions?topic=secrets&{at}", $"/v1/parties/ministry?{moment}",
            $"/v1/assertions/hidden/provenance?{moment}", $"/v1/sources/report/comparison?with=secret&{moment}",
            $"/v1/export?format=datafeed&{moment}", $"/v1/changes?from=0&to={asOf ?? head}",
        ];
        string[] present = ["/v1/assertions/hidden?version=1", "/v1/events?limit=1000", "/v1/events?stream=assertion-hidden", "/v1/events?topic=secrets&types=claim_recorded"];
        var found = new List<(string, HttpStatusCode, bool)>();
        foreach (var path in asOf is null ? reads.Concat(present) : reads)
        {
            var (response, body) = await ledger.GetAsync(path, asPublic);
            var text = body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText();
            found.Add((path, response.StatusCode, text.Contains("unheard", StringComparison.Ordinal)));
        }

        return found;
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/sources", """{"id": "secret", "kind": "report", "title": "Another report", "publisher": "gazette"}""");
        await ledger.RecordAsync("/v1/sources/secret/versions", """{"edition": "print", "seen": true}""");
        await ledger.RecordClaimAsync("open");
        await ledger.RecordAsync("/v1/assertions",
            """{"id": "hidden", "proposition": "An unheard word", "source": {"id": "secret", "version": 1}, "attribution": [{"party": "ministry"}], "topics": ["secrets"]}""");
        return ledger;
    }
}
