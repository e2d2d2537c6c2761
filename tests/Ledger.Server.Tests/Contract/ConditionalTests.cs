using System.Net;
using System.Net.Http.Headers;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>Conditional requests, as caches, browsers and repeating clients use them (RFC 9110).</summary>
public sealed class ConditionalTests
{
    private static readonly string[] Reads =
    [
        "/v1/assertions/c1", "/v1/assertions/c1?version=1", "/v1/assertions/c1?asOf=1000", "/v1/assertions", "/v1/assertions/c1/history",
        "/v1/assertions/c1/diff?from=1&to=2", "/v1/assertions/c1/provenance", "/v1/sources", "/v1/sources/report", "/v1/sources/report/versions", "/v1/parties",
        "/v1/parties/ministry", "/v1/changes?from=1&to=3", "/v1/status?source=report", "/v1/unanswered", "/v1/audit", "/v1/events", "/v1/proofs/2",
        "/v1/proofs/consistency?from=1&to=2", "/feeds/corrections.atom", "/feeds/corrections.json", "/log/checkpoint", "/log/key", "/timemap/assertions/c1",
    ];

    [Fact]
    public async Task Every_read_carries_a_strong_tag_and_is_not_sent_again_while_nothing_changed()
    {
        await using var ledger = await StartAsync();
        using var client = ledger.Client(RunningLedger.AdminKey);
        var head = await ledger.SettleAsync();
        foreach (var read in Reads)
        {
            var path = new Uri(read.Replace("1000", head.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), UriKind.Relative);
            using var first = await client.GetAsync(path);
            first.StatusCode.ShouldBe(HttpStatusCode.OK, read);
            var tag = first.Headers.ETag.ShouldNotBeNull(read);
            tag.IsWeak.ShouldBeFalse(read);

            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
            {
                using var request = new HttpRequestMessage(method, path);
                request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"another\""));
                request.Headers.IfNoneMatch.Add(tag);
                using var again = await client.SendAsync(request);
                again.StatusCode.ShouldBe(HttpStatusCode.NotModified, $"{method} {read}");
                again.Headers.ETag.ShouldBe(tag);
                (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public async Task A_tag_changes_when_another_stream_changes_the_bytes_and_is_still_accepted_by_If_Match()
    {
        await using var ledger = await StartAsync();
        using var before = await ledger.Public.GetAsync(new Uri("/v1/assertions/c1", UriKind.Relative));
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "Something else."}""");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/assertions/c1");
        request.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using var after = await ledger.Public.SendAsync(request);

        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.Headers.ETag.ShouldNotBe(before.Headers.ETag);
        var (accepted, _) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial("Never"), ifMatch: after.Headers.ETag!.Tag);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Created);
        var (stale, _) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial("No"), ifMatch: after.Headers.ETag!.Tag);
        stale.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_on_request_and_then_have_their_own_tag(string coding)
    {
        await using var ledger = await StartAsync();
        using var plain = await ledger.Public.GetAsync(new Uri("/v1/assertions", UriKind.Relative));
        foreach (var read in (string[])["/v1/assertions", "/v1/assertions/c1", "/v1/export", "/feeds/corrections.atom", "/v1/events"])
        {
            using var packed = await SendAsync(ledger, read, r => r.Headers.AcceptEncoding.Add(new(coding)));
            packed.Content.Headers.ContentEncoding.ShouldBe([coding], read);
            packed.Headers.Vary.ShouldContain("Accept-Encoding", read);
            if (packed.Headers.ETag is not { } tag)
            {
                read.ShouldBe("/v1/export");
                continue;
            }

            tag.ShouldNotBe(plain.Headers.ETag);
            using var again = await SendAsync(ledger, read, r =>
            {
                r.Headers.AcceptEncoding.Add(new(coding));
                r.Headers.IfNoneMatch.Add(tag);
            });
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified, read);
            again.Headers.ETag.ShouldBe(tag);
        }

        using var tagged = await SendAsync(ledger, "/v1/assertions/c1", r => r.Headers.AcceptEncoding.Add(new(coding)));
        var (accepted, _) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial("Never"), ifMatch: tagged.Headers.ETag!.Tag);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Only_pages_of_the_configured_origins_may_read()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:Cors:Origins"] = "https://reader.example, https://other.example" });
        await ledger.RecordBasicsAsync();

        using var named = await SendAsync(ledger, "/v1/parties", r => r.Headers.Add("Origin", "https://reader.example"));
        named.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://reader.example"]);
        named.Headers.Vary.ShouldContain("Origin");
        string.Join(',', named.Headers.GetValues("Access-Control-Expose-Headers")).ShouldContain("Ledger-Position");
        using var stranger = await SendAsync(ledger, "/v1/parties", r => r.Headers.Add("Origin", "https://stranger.example"));
        stranger.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

        using var preflight = await SendAsync(ledger, "/v1/parties", r =>
        {
            r.Method = HttpMethod.Options;
            r.Headers.Add("Origin", "https://reader.example");
            r.Headers.Add("Access-Control-Request-Method", "POST");
        });
        string.Join(',', preflight.Headers.TryGetValues("Access-Control-Allow-Methods", out var methods) ? methods : []).ShouldNotContain("POST");
    }

    [Fact]
    public async Task Vary_names_every_header_that_could_change_the_answer()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:Cors:Origins"] = "https://reader.example" });
        await ledger.RecordBasicsAsync();
        await ledger.SettleAsync();
        foreach (var read in (string[])["/v1/parties", "/v1/nothing", "/feeds/corrections.atom", "/v1/events?foo=1", "/"])
        {
            using var plain = await SendAsync(ledger, read, _ => { });
            plain.Headers.Vary.ShouldContain("Origin", read);
            plain.Headers.Vary.ShouldContain("Accept-Encoding", read);
            plain.Headers.Vary.Count(v => v == "Accept-Encoding").ShouldBe(1, read);
            using var packed = await SendAsync(ledger, read, r => r.Headers.AcceptEncoding.Add(new("br")));
            packed.Headers.Vary.Count(v => v == "Accept-Encoding").ShouldBe(1, read);
            if (plain.IsSuccessStatusCode)
            {
                using var same = await SendAsync(ledger, read, r => r.Headers.IfNoneMatch.Add(plain.Headers.ETag!));
                same.StatusCode.ShouldBe(HttpStatusCode.NotModified, read);
                same.Headers.Vary.ShouldContain("Accept-Encoding", read);
            }
            else
            {
                plain.Headers.Vary.ShouldContain("Accept", read);
            }
        }

        using var key = await SendAsync(ledger, "/log/key", _ => { });
        key.Headers.Vary.ShouldContain("Origin");
    }

    [Theory]
    [InlineData("application/json, text/html;q=0.1", "application/json")]
    [InlineData("text/html, application/json;q=0.1", "text/html")]
    [InlineData("*/*", "application/json")]
    public async Task A_certificate_is_served_in_the_preferred_format(string accept, string type)
    {
        await using var ledger = await StartAsync();
        using var answer = await SendAsync(ledger, "/v1/certificates?assertion=c1", r => r.Headers.Add("Accept", accept));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        answer.Headers.Vary.ShouldContain("Accept");
    }

    [Fact]
    public async Task Without_a_setting_no_page_of_another_origin_may_read()
    {
        await using var ledger = await StartAsync();
        using var answer = await SendAsync(ledger, "/v1/parties", r => r.Headers.Add("Origin", "https://reader.example"));
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/v1/parties", "GET,HEAD,OPTIONS,POST")]
    [InlineData("/v1/assertions/c1", "GET,HEAD,OPTIONS")]
    public async Task OPTIONS_lists_the_methods_of_the_path(string path, string allowed)
    {
        await using var ledger = await StartAsync();
        using var answer = await SendAsync(ledger, path, r => r.Method = HttpMethod.Options);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        string.Join(',', answer.Content.Headers.Allow.Order()).ShouldBe(allowed);
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_body_is_skipped()
    {
        await using var ledger = await StartAsync();
        using var client = ledger.Client(RunningLedger.AdminKey);
        using var body = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. """{"id": "marked", "name": "Marked", "kind": "body"}"""u8]);
        body.Headers.ContentType = new("application/json");
        using var answer = await client.PostAsync(new Uri("/v1/parties", UriKind.Relative), body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", more: """, "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "1,237"}}]""");
        await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial());
        await ledger.SettleAsync();
        return ledger;
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningLedger ledger, string path, Action<HttpRequestMessage> prepare)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        prepare(request);
        return await ledger.Public.SendAsync(request);
    }
}
