using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class AuditTests
{
    [Fact]
    public async Task The_audit_finds_events_by_actor_type_and_publisher_and_pages_through_them()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordClaimAsync("c2");

        var (_, first) = await ledger.GetAsync("/v1/audit?type=claim_recorded&publisher=gazette&actor=admin&limit=1", asPublic: false);
        var (_, second) = await ledger.GetAsync($"/v1/audit?type=claim_recorded&publisher=gazette&actor=admin&limit=1&after={first.GetProperty("next")}", asPublic: false);
        var (_, nobody) = await ledger.GetAsync("/v1/audit?actor=nobody", asPublic: false);

        first.GetProperty("items")[0].GetProperty("stream").GetString().ShouldBe("assertion-c1");
        second.GetProperty("items")[0].GetProperty("stream").GetString().ShouldBe("assertion-c2");
        nobody.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_audit_as_csv_holds_no_formula_and_carries_the_head_of_the_log()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        using var receipt = await ledger.Public.GetAsync(new Uri("/v1/proofs/4", UriKind.Relative));
        receipt.EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/audit");
        request.Headers.Add("Accept", "text/csv");

        using var response = await ledger.Http.SendAsync(request);

        response.Headers.Contains("Ledger-Checkpoint").ShouldBeTrue();
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        lines[1].ShouldStartWith("1,");
        lines[1].ShouldContain("party_recorded,party-gazette,1,admin,,/v1/proofs/1,\"{");
    }

    [Fact]
    public async Task The_audit_is_not_for_the_public()
    {
        await using var ledger = await RunningLedger.StartAsync();

        (await ledger.GetAsync("/v1/audit")).Response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
