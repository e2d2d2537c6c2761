using System.Net;
using System.Text;
using Ledger.Testing;

namespace Ledger.Server.Tests.Web;

/// <summary>The pages as they are sent.</summary>
public sealed class PageTests
{
    private const string BrowserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    /// <summary>Hostile text: markup, a control that reverses the text, a zero-width space, an isolate that is never closed, quotes and an ampersand.</summary>
    private const string Hostile = "<script>alert(1)</script>\\u202e<img src=x onerror=alert(1)>\\u200b\\u2066\\\"'&";

    private static readonly string[] Paths = ["/", "/assertions", "/assertions/c1", "/sources/report", "/parties/ministry", "/on", "/embed/assertions/c1", "/badge/assertions/c1.svg", "/badge/sources/report.svg"];

    [Fact]
    public async Task Every_page_is_small_has_a_tag_and_a_strict_policy_and_is_not_sent_again_while_unchanged()
    {
        await using var ledger = await StartAsync();
        foreach (var path in Paths)
        {
            using var first = await GetAsync(ledger, path);
            first.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var body = await first.Content.ReadAsStringAsync();
            body.Length.ShouldBeLessThan(60_000, path);
            first.Headers.CacheControl!.NoCache.ShouldBeTrue(path);
            var policy = string.Join(';', first.Headers.GetValues("Content-Security-Policy"));
            policy.ShouldStartWith("default-src 'none'");
            policy.ShouldNotContain("unsafe");
            body.ShouldNotContain(" style=");
            body.ShouldNotContain(" onclick=");

            using var again = await GetAsync(ledger, path, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified, path);
        }
    }

    [Fact]
    public async Task Style_and_script_are_kept_for_ever_under_addresses_of_their_bytes_and_are_small()
    {
        await using var ledger = await StartAsync();
        var body = await TextAsync(ledger, "/assertions/c1");
        var assets = System.Text.RegularExpressions.Regex.Matches(body, "/assets/[a-z]+\\.[0-9a-f]+\\.(css|js)").Select(m => m.Value).Distinct().ToList();
        assets.Count.ShouldBe(3);
        var script = 0;
        foreach (var asset in assets)
        {
            using var answer = await GetAsync(ledger, asset);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, asset);
            answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
            script += asset.EndsWith(".js", StringComparison.Ordinal) ? (await answer.Content.ReadAsByteArrayAsync()).Length : 0;
        }

        script.ShouldBeInRange(1_000, 40_000);
        using var absent = await GetAsync(ledger, "/assets/ledger.000000000000000000000000.css");
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_assertion_of_a_hundred_events_has_a_small_page_that_says_where_the_rest_is()
    {
        await using var ledger = await StartAsync();
        for (var i = 0; i < 100; i++)
        {
            await ledger.RecordAsync("/v1/assertions/c1/denials",
                $$"""{"party": "ministry", "statement": "Not so, for the reason {{i}}", "contests": {"part": "part {{i}}"}, "ground": "ground {{i}}", "citation": "https://example.org/{{i}}"}""");
        }

        await ledger.SettleAsync();
        var page = await TextAsync(ledger, "/assertions/c1");
        Encoding.UTF8.GetByteCount(page).ShouldBeInRange(20_000, 60_000);
        page.ShouldContain("Not so, for the reason 99");
        page.ShouldContain("the data has all");
    }

    [Fact]
    public async Task Hostile_text_in_every_field_is_shown_as_text()
    {
        await using var ledger = await StartAsync();
        var word = new string('x', 9_000);
        await ledger.RecordAsync("/v1/parties", $$"""{"id": "loud", "name": "{{Hostile}}", "kind": "person", "aliases": ["{{Hostile}}"]}""");
        await ledger.RecordAsync("/v1/sources", $$"""{"id": "trap", "kind": "report", "title": "{{Hostile}}", "publisher": "loud"}""");
        await ledger.RecordAsync("/v1/sources/trap/versions", $$"""{"edition": "{{Hostile}}", "seen": true, "note": "{{Hostile}}"}""");
        await ledger.RecordAsync("/v1/assertions",
            $$"""{"id": "trapped", "proposition": "{{Hostile}} {{word}}", "source": {"id": "trap", "version": 1}, "attribution": [{"description": "{{Hostile}}"}, {"party": "loud"}], "topics": ["{{Hostile}}"], "scope": {"place": "{{Hostile}}"} }""");
        await ledger.RecordAsync("/v1/assertions/trapped/denials",
            $$"""{"party": "loud", "statement": "{{Hostile}}", "contests": {"part": "{{Hostile}}"}, "concedes": "{{Hostile}}", "ground": "{{Hostile}}", "condition": "{{Hostile}}", "citation": "javascript:alert(1)"}""");
        await ledger.RecordAsync("/v1/assertions/trapped/corrections",
            $$"""{"publisher": "loud", "text": "{{Hostile}}", "url": "https://example.org/1", "reason": "{{Hostile}}", "changes": [{"field": "scope.place", "before": "{{Hostile}}", "after": "elsewhere"}]}""");
        await ledger.SettleAsync();
        foreach (var path in new[] { "/", "/assertions", "/assertions/trapped", "/sources/trap", "/parties/loud", "/embed/assertions/trapped", "/badge/assertions/trapped.svg", "/sources/trap/comparison?with=report" })
        {
            using var answer = await GetAsync(ledger, path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var body = await answer.Content.ReadAsStringAsync();
            body.ShouldNotContain("<script>", customMessage: path);
            body.ShouldNotContain("<img", customMessage: path);
            body.ShouldNotContain("href=\"javascript:", customMessage: path);
            Encoding.UTF8.GetByteCount(body).ShouldBeLessThan(60_000, path);
        }

        var page = await TextAsync(ledger, "/assertions/trapped");
        WebUtility.HtmlDecode(page).ShouldContain("<script>alert(1)</script>");
        var title = page[page.IndexOf("<title>", StringComparison.Ordinal)..page.IndexOf("</title>", StringComparison.Ordinal)];
        title.ShouldNotContain("\u202e");
        WebUtility.HtmlDecode(title).ShouldNotContain("\u202e");
    }

    [Fact]
    public async Task A_browser_that_opens_an_API_address_gets_the_page_and_a_program_gets_data()
    {
        await using var ledger = await StartAsync();
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CheckCertificateRevocationList = true };
        using var client = new HttpClient(handler) { BaseAddress = ledger.BaseAddress };
        foreach (var (path, page) in new[] { ("/v1/assertions/c1?asOf=5", "/assertions/c1?asOf=5"), ("/v1/sources/report", "/sources/report"), ("/v1/parties/ministry", "/parties/ministry") })
        {
            using var browser = await SendAsync(client, path, BrowserAccept);
            browser.StatusCode.ShouldBe(HttpStatusCode.SeeOther, path);
            browser.Headers.Location!.ToString().ShouldBe(page);
            browser.Headers.Vary.ShouldContain("Accept");
            foreach (var accept in new[] { null, "*/*", "application/json", "application/json, text/html" })
            {
                using var program = await SendAsync(client, path, accept);
                program.StatusCode.ShouldBe(HttpStatusCode.OK, accept);
                program.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
                program.Headers.Vary.ShouldContain("Accept");
            }
        }

        using var versioned = await SendAsync(client, "/v1/assertions/c1?version=1", BrowserAccept);
        versioned.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task What_is_restricted_shows_on_no_page_badge_or_embed()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordClaimAsync("c2", "An unheard word");
        await ledger.SettleAsync();
        string[] paths = ["/", "/assertions", "/assertions?q=unheard", "/assertions/c2", "/sources/report", "/parties/gazette", "/embed/assertions/c2"];
        foreach (var path in paths)
        {
            (await TextAsync(ledger, path)).Contains("unheard", StringComparison.Ordinal).ShouldBe(path != "/parties/gazette", path);
        }

        using var kept = await GetAsync(ledger, "/assertions/c2");
        await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c2", "reason": "legal"}""");
        foreach (var path in paths)
        {
            (await TextAsync(ledger, path)).ShouldNotContain("An unheard word", customMessage: path);
        }

        foreach (var path in new[] { "/assertions/c2", "/embed/assertions/c2", "/badge/assertions/c2.svg" })
        {
            using var answer = await GetAsync(ledger, path, request => request.Headers.IfNoneMatch.Add(kept.Headers.ETag!));
            answer.StatusCode.ShouldBe((HttpStatusCode)451, path);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            (await answer.Content.ReadAsStringAsync()).ShouldContain("When the restriction ends");
        }
    }

    [Fact]
    public async Task What_was_erased_shows_on_no_page_and_a_kept_copy_is_replaced()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordClaimAsync("c2", "An unheard word");
        await ledger.SettleAsync();
        string[] paths = ["/", "/assertions", "/assertions/c2", "/sources/report", "/embed/assertions/c2"];
        using var kept = await GetAsync(ledger, "/assertions/c2");
        foreach (var path in paths)
        {
            using var before = await GetAsync(ledger, path);
            (await before.Content.ReadAsStringAsync()).ShouldContain("unheard", customMessage: path);
        }

        var key = await ledger.RecordAsync("/v1/keys", """{"name": "second", "scopes": ["erase:approve"]}""");
        using var approver = ledger.Client(key.GetProperty("secret").GetString());
        var asked = await ledger.RecordAsync("/v1/erasures", """{"assertion": "c2", "fields": ["proposition"], "legalBasis": "request of the person concerned"}""");

        (await approver.PostAsync(new Uri($"/v1/erasures/{asked.GetProperty("id").GetString()}/approval", UriKind.Relative), null)).EnsureSuccessStatusCode();
        await ledger.SettleAsync();

        foreach (var path in paths)
        {
            using var answer = await GetAsync(ledger, path, request => request.Headers.IfNoneMatch.Add(kept.Headers.ETag!));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("unheard", customMessage: path);
        }
    }

    [Fact]
    public async Task A_missing_page_says_what_to_do_and_a_program_still_gets_a_problem()
    {
        await using var ledger = await StartAsync();
        using var page = await GetAsync(ledger, "/assertions/none");
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await page.Content.ReadAsStringAsync()).ShouldContain("look for its words");
        using var program = await ledger.Public.GetAsync(new Uri("/v1/assertions/none", UriKind.Relative));
        program.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task An_empty_ledger_teaches_what_to_do_first()
    {
        await using var ledger = await RunningLedger.StartAsync();
        (await TextAsync(ledger, "/")).ShouldContain("Nothing is recorded yet");
    }

    [Fact]
    public async Task A_ledger_without_public_reads_shows_no_page_without_a_key()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:PublicReads"] = "false" });
        foreach (var path in new[] { "/", "/assertions/c1", "/badge/assertions/c1.svg" })
        {
            using var answer = await GetAsync(ledger, path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task The_page_of_an_assertion_carries_structured_data_for_machines()
    {
        await using var ledger = await StartAsync();
        var page = await TextAsync(ledger, "/assertions/c1");
        var start = page.IndexOf("application/ld+json\">", StringComparison.Ordinal) + "application/ld+json\">".Length;
        var linked = System.Text.Json.JsonElement.Parse(page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)]);
        linked.GetProperty("@graph")[0].GetProperty("@type").GetString().ShouldBe("Claim");
        page.ShouldContain("rel=\"canonical\"");
        page.ShouldContain("property=\"og:title\"");
        page.ShouldContain("/feeds/corrections.atom");
    }

    [Theory]
    [InlineData("Europe/London", "2018-08-04T22:59:59.999999Z")]
    [InlineData("UTC", "2018-08-04T23:59:59.999999Z")]
    public async Task The_question_about_a_day_leads_to_the_certificate_at_the_end_of_that_day_in_the_readers_zone(string zone, string at)
    {
        await using var ledger = await StartAsync();
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CheckCertificateRevocationList = true };
        using var client = new HttpClient(handler) { BaseAddress = ledger.BaseAddress };
        using var answer = await SendAsync(client, $"/on?assertion=c1&date=2018-08-04&zone={Uri.EscapeDataString(zone)}", BrowserAccept);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        Uri.UnescapeDataString(answer.Headers.Location!.ToString()).ShouldBe($"/v1/certificates?assertion=c1&at={at}");
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", "It is 1,237 of them", """, "figures": [{"name": "workers", "value": 1237, "unit": "people"}]""");
        await ledger.DenyAsync("c1");
        await ledger.SettleAsync();
        return ledger;
    }

    private static async Task<string> TextAsync(RunningLedger ledger, string path)
    {
        using var answer = await GetAsync(ledger, path);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningLedger ledger, string path, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", BrowserAccept);
        prepare?.Invoke(request);
        return await ledger.Public.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.Add("Accept", accept);
        }

        return await client.SendAsync(request);
    }
}
