using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class ExportFormatTests
{
    [Fact]
    public async Task Linked_data_is_expanded_without_loss_by_npms_jsonld()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await StartAsync(ledger);

        var schemaOrg = await ProvenanceAsync(ledger, "application/ld+json");
        schemaOrg.ShouldContain("CorrectionComment");
        schemaOrg.ShouldContain("ClaimReview");
        (await WorldFormats.RequireLinkedDataAsync(JsonElement.Parse(schemaOrg))).ShouldBeGreaterThan(20);
        (await WorldFormats.RequireLinkedDataAsync((await ledger.GetAsync("/v1/export?format=datafeed")).Body)).ShouldBeGreaterThan(300);
        var prov = await ProvenanceAsync(ledger, "application/ld+json;profile=\"http://www.w3.org/ns/prov#\"");
        prov.ShouldContain("prov:wasDerivedFrom");
        prov.ShouldContain("prov:hadPrimarySource");
        (await WorldFormats.RequireLinkedDataAsync(JsonElement.Parse(prov))).ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task A_term_that_schema_org_lacks_is_reported_as_a_loss()
    {
        var made = JsonElement.Parse("""{"@context": "https://schema.org", "@type": "Claim", "@id": "http://example.org/c", "truth": "no such term"}""");

        (await Assert.ThrowsAsync<ShouldAssertException>(() => WorldFormats.RequireLinkedDataAsync(made))).Message.ShouldContain("truth");
    }

    [Fact]
    public async Task PROV_JSON_is_read_by_an_independent_library()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await StartAsync(ledger);

        var read = await WorldFormats.ReadProvAsync(await ProvenanceAsync(ledger, "application/prov+json"));

        read.GetProperty("same").GetBoolean().ShouldBeTrue();
        read.GetProperty("dangling").EnumerateArray().Select(d => d.GetString()).ShouldBeEmpty();
        read.GetProperty("records").GetInt32().ShouldBeGreaterThan(20);
        var types = read.GetProperty("types").EnumerateArray().Select(t => t.GetString()).ToList();
        types.ShouldContain("prov:Organization");
        types.ShouldContain("prov:PrimarySource");
        types.ShouldContain("ledger:correction_issued");
    }

    /// <summary>The demonstration with a correction and a published review, both fictional.</summary>
    private static async Task StartAsync(RunningLedger ledger)
    {
        await ledger.RecordDemoAsync();
        await ledger.RecordAsync("/v1/assertions/t06/corrections", ArticlesTests.FictionalCorrection);
        await ledger.RecordAsync("/v1/assertions/d02/positions",
            """{"party": "c4ads", "stance": "rules", "rating": "FICTIONAL: mostly so", "url": "https://example.org/fictional-review", "citation": "https://example.org/fictional-review"}""");
        await ledger.SettleAsync();
    }

    private static async Task<string> ProvenanceAsync(RunningLedger ledger, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/assertions/d02/provenance");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await ledger.Public.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }
}
