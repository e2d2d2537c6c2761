using System.Net;
using System.Text.Json.Nodes;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

public class CertificateTests
{
    private const string Url = "https://gazette.example/report?utm_source=x";

    [Fact]
    public async Task A_certificate_shows_what_was_known_what_was_recorded_and_what_came_later_and_verifies_offline()
    {
        var ledger = await StartAsync();
        using var cli = new Cli();
        var file = Path.GetTempFileName();

        var (exit, said) = await cli.RunAsync("certificate", "c1", "--at", "2018-08-10", "--output", file, "--url", ledger.BaseAddress.ToString());
        await ledger.DisposeAsync();
        var (offline, report) = await cli.RunAsync("verify-certificate", file, "--json");

        exit.ShouldBe(ExitCodes.Ok, said);
        said.ShouldContain("PROVEN by");
        offline.ShouldBe(ExitCodes.Ok, report);
        var assertion = JsonNode.Parse(report)!["assertions"]![0]!;
        assertion["known"]!["proposition"]!.GetValue<string>().ShouldBe("There are 1,237 permits");
        assertion["known"]!["standing"]!["label"]!.GetValue<string>().ShouldBe("reported");
        assertion["recorded"].ShouldBeNull("the ledger itself held nothing in 2018");
        assertion["since"]!.AsArray().Select(e => e!["type"]!.GetValue<string>()).ShouldBe(["correction_issued", "denial_recorded"]);
        assertion["since"]![0]!["notice"]!["text"]!.GetValue<string>().ShouldBe("It was 1,236.");
        assertion["now"]!["proposition"]!.GetValue<string>().ShouldBe("There are 1,236 permits");
        File.Delete(file);
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_certificate_is_found_offline()
    {
        await using var ledger = await StartAsync();
        using var cli = new Cli();
        var file = Path.GetTempFileName();
        (await cli.RunAsync("certificate", "c1", "--at", "2018-08-10", "--output", file, "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        var text = await File.ReadAllTextAsync(file);
        var forgeries = new Dictionary<string, Action<JsonNode>>
        {
            ["the wording"] = c => c["assertions"]![0]!["known"]!["proposition"] = "There are none",
            ["the standing"] = c => c["assertions"]![0]!["known"]!["standing"]!["label"] = "denied",
            ["a notice left out"] = c => c["assertions"]![0]!["since"]!.AsArray().RemoveAt(0),
            ["a receipt left out"] = c => c["receipts"]!.AsArray().RemoveAt(3),
            ["the day"] = c => c["at"] = "2018-08-11",
            ["the moment"] = c => c["moment"]!["to"] = "2030-01-01T00:00:00.000000Z",
            ["the title"] = c => c["sources"]![0]!["title"] = "Another",
            ["the head"] = c => c["checkpoint"] = c["checkpoint"]!.GetValue<string>().Replace("\n8\n", "\n9\n", StringComparison.Ordinal),
        };

        foreach (var (what, forge) in forgeries)
        {
            var forged = JsonNode.Parse(text)!;
            forge(forged["certificate"]!);
            await File.WriteAllTextAsync(file, forged.ToJsonString());
            (await cli.RunAsync("verify-certificate", file)).Exit.ShouldBe(ExitCodes.Tampered, what);
        }

        File.Delete(file);
    }

    [Fact]
    public async Task A_signed_certificate_whose_words_differ_from_its_receipts_is_detected_offline()
    {
        await using var ledger = await StartAsync();
        var key = (Server.LogKey)ledger.Services.GetService(typeof(Server.LogKey))!;
        using var cli = new Cli();
        var file = Path.GetTempFileName();
        (await cli.RunAsync("certificate", "c1", "--at", "2018-08-10", "--output", file, "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        var forged = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        forged["certificate"]!["assertions"]![0]!["known"]!["proposition"] = "There are none";
        Transparency.SignedDocument.TrySign(
            Domain.Certificate.FormatName, System.Text.Encoding.UTF8.GetBytes(forged["certificate"]!.ToJsonString()), key.Signers, out var note, out _).ShouldBeTrue();
        forged["signature"] = note!.ToString();
        await File.WriteAllTextAsync(file, forged.ToJsonString());

        var (exit, output) = await cli.RunAsync("verify-certificate", file);

        exit.ShouldBe(ExitCodes.Tampered);
        output.ShouldContain("c1: what the certificate says is not what its receipts give");
        output.ShouldNotContain("not signed");
        File.Delete(file);
    }

    [Fact]
    public async Task A_document_is_certified_by_its_address_also_as_a_page_to_print()
    {
        await using var ledger = await StartAsync();
        using var cli = new Cli();
        var (exit, output) = await cli.RunAsync("certificate", "--document", Url, "--json", "--url", ledger.BaseAddress.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/certificates?url={Uri.EscapeDataString(Url)}&at=2018-08-10");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml");

        using var response = await ledger.Public.SendAsync(request);

        exit.ShouldBe(ExitCodes.Ok, output);
        JsonNode.Parse(output)!["assertions"]!.AsArray().Count.ShouldBe(2);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var page = await response.Content.ReadAsStringAsync();
        page.ShouldContain("There are 1,237 permits");
        page.ShouldContain("It was 1,236.");
        page.ShouldContain("&lt;script&gt;", Case.Sensitive, "what people wrote is text, never markup");
        page.ShouldNotContain("<script>");
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("?assertion=c1&url=https://gazette.example", HttpStatusCode.BadRequest)]
    [InlineData("?assertion=c1&when=2018", HttpStatusCode.BadRequest)]
    [InlineData("?assertion=c1&at=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("?assertion=c1&at=2999-01-01", HttpStatusCode.BadRequest)]
    [InlineData("?assertion=c1&at=2017-01-01", HttpStatusCode.NotFound)]
    [InlineData("?assertion=nothing", HttpStatusCode.NotFound)]
    [InlineData("?url=https://elsewhere.example/", HttpStatusCode.NotFound)]
    [InlineData("?assertion=c1&at=2018-08-04", HttpStatusCode.OK)]
    [InlineData("?assertion=c1&at=5", HttpStatusCode.OK)]
    [InlineData("?assertion=c1", HttpStatusCode.OK)]
    public async Task A_certificate_request_is_answered_or_refused_with_the_expected_status(string query, HttpStatusCode expected)
    {
        await using var ledger = await StartAsync();

        var (response, body) = await ledger.GetAsync($"/v1/certificates{query}");

        response.StatusCode.ShouldBe(expected, body.ToString());
    }

    [Fact]
    public async Task What_is_restricted_is_not_certified_to_the_public()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "legal"}""");

        (await ledger.GetAsync("/v1/certificates?assertion=c1")).Response.StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
        (await ledger.GetAsync("/v1/certificates?assertion=c1", asPublic: false)).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var (_, document) = await ledger.GetAsync($"/v1/certificates?url={Uri.EscapeDataString(Url)}");
        document.GetProperty("certificate").GetProperty("assertions").EnumerateArray().Select(a => a.GetProperty("assertion").GetString()).ShouldBe(["c2"]);
    }

    /// <summary>A claim of 4 August 2018, corrected on the 20th and denied on the 21st; another that stood untouched.</summary>
    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordAsync("/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}""");
        await ledger.RecordAsync("/v1/parties", """{"id": "ministry", "name": "The Ministry", "kind": "government"}""");
        await ledger.RecordAsync("/v1/sources", """{"id": "report", "kind": "report", "title": "A report <script>", "publisher": "gazette"}""");
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "online", "publishedAt": "2018-08-04", "seen": true, "url": "https://www.gazette.example/report/"}""");
        await ledger.RecordClaimAsync("c1", "There are 1,237 permits", """, "figures": [{"name": "permits", "value": 1237, "op": "=", "unit": "permits"}]""");
        await ledger.RecordClaimAsync("c2", "They are valid for a year");
        await ledger.RecordAsync("/v1/assertions/c1/corrections", """
            {"publisher": "gazette", "text": "It was 1,236.", "reason": "misread", "publishedAt": "2018-08-20", "citation": "page 2",
             "changes": [{"field": "proposition", "before": "There are 1,237 permits", "after": "There are 1,236 permits"}, {"field": "figures/permits", "before": 1237, "after": 1236}]}
            """);
        await ledger.RecordAsync("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "It is not so", "contests": "whole", "publishedAt": "2018-08-21", "citation": "a letter"}""");
        return ledger;
    }
}
