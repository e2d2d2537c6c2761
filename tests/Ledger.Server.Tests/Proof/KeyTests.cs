using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class KeyTests
{
    private const string Person = """{"name": "Somebody", "kind": "person"}""";

    [Fact]
    public async Task A_key_may_do_what_its_scopes_say_and_nothing_else()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        using var recorder = ledger.Client((await CreateAsync(ledger, """{"name": "Desk", "scopes": ["record"]}""")).GetProperty("secret").GetString());

        (await SendAsync(recorder, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(recorder, "/v1/assertions/c1/retraction", """{"publisher": "gazette", "text": "Withdrawn", "reason": "error", "citation": "x"}""")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(recorder, "/v1/keys", """{"name": "More", "scopes": ["admin"]}""")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(recorder, "/v1/erasures", """{"assertion": "c1", "fields": ["proposition"], "legalBasis": "x"}""")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_a_key_recorded_names_the_key_and_a_bound_key_acts_for_its_party_alone()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        var key = await CreateAsync(ledger, """{"name": "Ministry", "scopes": ["record"], "party": "ministry"}""");
        using var ministry = ledger.Client(key.GetProperty("secret").GetString());

        (await SendAsync(ministry, "/v1/assertions/c1/denials", Denial("gazette"))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(ministry, "/v1/assertions/c1/denials", Denial("ministry"))).ShouldBe(HttpStatusCode.Created);

        var (_, history) = await ledger.GetAsync("/v1/assertions/c1/history");
        history.GetProperty("entries")[1].GetProperty("recordedBy").GetString().ShouldBe(key.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_rotated_key_is_good_under_both_secrets_until_the_overlap_ends_and_a_revoked_one_under_none()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var key = await CreateAsync(ledger, """{"name": "Desk", "scopes": ["record"]}""");
        var path = $"/v1/keys/{key.GetProperty("id").GetString()}";
        using var former = ledger.Client(key.GetProperty("secret").GetString());
        var rotated = await ledger.RecordAsync($"{path}/rotation", "{}");
        using var fresh = ledger.Client(rotated.GetProperty("secret").GetString());

        (await SendAsync(former, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(fresh, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Created);
        await ledger.RecordAsync($"{path}/rotation", """{"overlapS": 0}""");
        (await SendAsync(fresh, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ledger.Http.DeleteAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(former, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_expired_key_is_refused_and_the_list_of_keys_shows_no_secret()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var key = await CreateAsync(ledger, """{"name": "Old", "scopes": ["record"], "expires": "2020-01-01T00:00:00Z"}""");
        using var expired = ledger.Client(key.GetProperty("secret").GetString());

        (await SendAsync(expired, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ledger.Http.GetStringAsync(new Uri("/v1/keys", UriKind.Relative))).ShouldNotContain(key.GetProperty("secret").GetString()!);
    }

    [Fact]
    public async Task A_key_without_the_audit_scope_does_not_see_what_is_restricted()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "legal"}""");
        using var reader = ledger.Client((await CreateAsync(ledger, """{"name": "Reader", "scopes": ["read"]}""")).GetProperty("secret").GetString());
        using var auditor = ledger.Client((await CreateAsync(ledger, """{"name": "Auditor", "scopes": ["audit"]}""")).GetProperty("secret").GetString());

        (await reader.GetAsync(new Uri("/v1/assertions/c1", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
        (await reader.GetAsync(new Uri("/v1/proofs/5", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
        (await auditor.GetAsync(new Uri("/v1/assertions/c1", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Denial(string party) => $$"""{"party": "{{party}}", "statement": "No", "contests": "whole", "citation": "https://example.org"}""";

    private static Task<JsonElement> CreateAsync(RunningLedger ledger, string body) => ledger.RecordAsync("/v1/keys", body);

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode;
    }
}
