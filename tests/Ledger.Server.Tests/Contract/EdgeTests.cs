using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>Edge cases of the wire contract that no other test covers.</summary>
public class EdgeTests
{
    [Fact]
    public async Task A_missing_field_is_named_in_errors()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        var (response, problem) = await ledger.PostAsync("/v1/assertions/c1/denials", """{"party": "ministry"}""");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe(["statement", "contests"]);
    }

    [Fact]
    public async Task A_party_named_by_onBehalfOf_or_by_a_corrected_chain_must_have_been_recorded()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        const string Changed = """ "changes": [{"field": "attribution", "before": [{"party": "ministry"}], "after": [{"party": "nobody"}]}]""";

        await RefusedAsync(ledger, "/v1/parties", """{"name": "A", "kind": "person", "onBehalfOf": "nobody"}""", "onBehalfOf");
        await RefusedAsync(ledger, "/v1/assertions/c1/requests", """{"requester": "ministry", "kind": "reply", "text": "Well?", "onBehalfOf": "nobody"}""", "onBehalfOf");
        await RefusedAsync(ledger, "/v1/assertions/c1/corrections", $$"""{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C",{{Changed}}}""", "changes.after");
        await RefusedAsync(ledger, "/v1/assertions/c1/amendments", """{"field": "attribution", "before": [{"party": "ministry"}], "after": [{"party": "nobody"}], "reason": "R"}""", "after");
        await ledger.RecordAsync("/v1/parties", """{"id": "self", "name": "Self", "kind": "person", "onBehalfOf": "self"}""");
    }

    [Theory]
    [InlineData("amendments", """{"field": "publisher", "before": "a", "after": "b", "reason": "R"}""", "field")]
    [InlineData("amendments", """{"field": "scope.place", "before": "a", "after": "b", "reason": "R"}""", "before")]
    [InlineData("corrections", """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C", "changes": []}""", "changes")]
    [InlineData("corrections", """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C", "changes": [{"field": "colour", "before": "a", "after": "b"}]}""", "changes.field")]
    [InlineData("retraction", """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C", "changes": [{"field": "modality", "before": "a", "after": "b"}]}""", "changes")]
    public async Task A_field_is_named_as_it_stands_in_the_body_that_was_sent(string act, string body, string field)
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        var (answer, problem) = await ledger.PostAsync($"/v1/assertions/c1/{act}", body);
        ((int)answer.StatusCode).ShouldBeInRange(400, 409, problem.GetRawText());
        problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe([field], problem.GetRawText());
        problem.GetProperty("detail").GetString()!.ShouldNotContain("items.");
    }

    [Fact]
    public async Task The_Location_of_a_created_resource_can_be_read()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        foreach (var (path, body) in new[]
        {
            ("/v1/keys", """{"name": "K", "scopes": ["read"]}"""),
            ("/v1/erasures", """{"assertion": "c1", "fields": ["proposition"], "legalBasis": "Art. 17"}"""),
            ("/v1/retellings", """{"publisher": "gazette", "url": "https://example.org/x", "title": "Again", "publishedAt": "2018-08-05", "occurredAt": "2018-08-05", "of": ["c1"]}"""),
        })
        {
            var (response, made) = await ledger.PostAsync(path, body);
            response.StatusCode.ShouldBe(HttpStatusCode.Created, made.ToString());
            var (found, read) = await ledger.GetAsync(response.Headers.Location!.ToString(), asPublic: false);
            found.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            read.GetProperty("id").GetString().ShouldBe(made.GetProperty("id").GetString());
            read.TryGetProperty("secret", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_key_is_rotated_without_a_body()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "K", "scopes": ["read"]}""");

        using var rotated = await ledger.Http.PostAsync(new Uri($"/v1/keys/{key.GetProperty("id").GetString()}/rotation", UriKind.Relative), null);
        rotated.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement.Parse(await rotated.Content.ReadAsStringAsync()).GetProperty("secret").GetString().ShouldNotBe(key.GetProperty("secret").GetString());
    }

    [Theory]
    [InlineData("POST", "/v1/keys", """{"name": "K", "scopes": ["read"]}""")]
    [InlineData("GET", "/v1/keys/key-1", null)]
    [InlineData("DELETE", "/v1/keys/key-1", null)]
    [InlineData("POST", "/v1/keys/key-1/rotation", "{}")]
    [InlineData("POST", "/v1/erasures", """{"assertion": "c1", "fields": ["proposition"], "legalBasis": "Art. 17"}""")]
    [InlineData("POST", "/v1/erasures/01890a5d-ac96-774b-bcce-b302099a8057/rejection", null)]
    [InlineData("POST", "/v1/import", "")]
    public async Task An_unknown_query_parameter_is_refused_before_anything_is_done(string method, string path, string? body)
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var request = new HttpRequestMessage(new(method), $"{path}?dryRun=true");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await ledger.Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("errors").TryGetProperty("dryRun", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task HEAD_answers_like_GET_and_an_import_of_another_media_type_is_refused()
    {
        await using var ledger = await RunningLedger.StartAsync();
        foreach (var path in new[] { "/health/live", "/health/ready", "/v1/keys", "/v1/erasures", "/v1/subscriptions", "/v1/parties", "/v1/audit" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            (await ledger.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        using var xml = new StringContent("<a/>", Encoding.UTF8, "text/xml");
        (await ledger.Http.PostAsync(new Uri("/v1/import", UriKind.Relative), xml)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task The_audit_and_the_changes_can_also_be_read_as_of_a_position()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        var claim = (await ledger.RecordClaimAsync("c1")).GetProperty("position").GetInt64();
        await ledger.RecordAsync("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "No", "contests": "whole", "citation": "C"}""");
        await ledger.SettleAsync();

        foreach (var path in new[] { "/v1/audit?", "/v1/changes?from=0&" })
        {
            var (response, body) = await ledger.GetAsync($"{path}asOf={claim}", asPublic: false);
            response.Headers.GetValues("Ledger-Position").ShouldBe([$"{claim}"]);
            body.GetProperty("items").EnumerateArray().Max(i => i.GetProperty("position").GetInt64()).ShouldBe(claim);
        }

        var (_, known) = await ledger.GetAsync("/v1/audit?knownAt=2018-08-04", asPublic: false);
        known.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("type").GetString()).ShouldBe(["version_captured", "claim_recorded"]);
    }

    [Fact]
    public async Task A_bound_key_changes_only_the_entry_of_its_party_and_records_only_retellings_of_its_party()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "Ministry", "scopes": ["record"], "party": "ministry"}""");
        using var ministry = ledger.Client(key.GetProperty("secret").GetString());

        (await SendAsync(ministry, HttpMethod.Put, "/v1/parties/gazette", """{"name": "Gazette", "kind": "publisher"}""")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(ministry, HttpMethod.Put, "/v1/parties/ministry", """{"name": "Our Ministry", "kind": "government"}""")).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(ministry, HttpMethod.Post, "/v1/retellings", Retelling("gazette"))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(ministry, HttpMethod.Post, "/v1/retellings", Retelling("ministry"))).ShouldBe(HttpStatusCode.Created);
    }

    private static string Retelling(string publisher) =>
        $$"""{"publisher": "{{publisher}}", "url": "https://example.org/y", "title": "Again", "publishedAt": "2018-08-05", "of": ["c1"]}""";

    private static async Task RefusedAsync(RunningLedger ledger, string path, string json, string field)
    {
        var (response, problem) = await ledger.PostAsync(path, json);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
        problem.GetProperty("type").GetString().ShouldBe("/problems/unknown-reference");
        problem.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(problem.ToString());
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
