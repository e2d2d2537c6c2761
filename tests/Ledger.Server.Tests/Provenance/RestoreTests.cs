using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>A whole export is imported into an empty ledger. The result is the same ledger except for the times of recording and the recording principals.</summary>
public partial class RestoreTests
{
    [Fact]
    public async Task An_export_makes_an_empty_ledger_equal_but_for_recording_times_and_principals()
    {
        await using var original = await RunningLedger.StartAsync();
        await StartAsync(original);
        var dump = await ExportAsync(original);
        await using var restored = await RunningLedger.StartAsync();

        var answers = await ImportAsync(restored, dump);

        answers.ShouldAllBe(a => a.GetProperty("status").GetInt32() == 201, answers.Find(a => a.GetProperty("status").GetInt32() != 201).ToString());
        answers.Select(a => a.GetProperty("position").GetInt64()).ShouldBe(Enumerable.Range(1, dump.Length).Select(i => (long)i));
        (await restored.SettleAsync()).ShouldBe(dump.Length, "the policy finds its events already recorded");
        (await ExportAsync(restored)).Select(WithoutRecording).ShouldBe(dump.Select(WithoutRecording));
        List<string> pages =
        [
            "/v1/assertions?limit=100", "/v1/parties?limit=100", "/v1/sources?limit=100", "/v1/unanswered", "/v1/export?format=csv", "/v1/export?format=datafeed",
            "/v1/sources/telegraph-print/comparison?with=daily-caller", "/v1/assertions?flag=upstreamChanged",
            .. Enumerable.Range(1, 20).Select(n => $"/v1/assertions/t{n:00}"), .. Enumerable.Range(1, 30).Select(n => $"/v1/assertions/d{n:00}"),
            .. new[] { "d02", "d30", "t06", "t20" }.SelectMany(id => new[] { $"/v1/assertions/{id}/history", $"/v1/assertions/{id}/provenance" }),
        ];
        foreach (var page in pages)
        {
            WithoutRecording(await TextAsync(restored, page)).ShouldBe(WithoutRecording(await TextAsync(original, page)), page);
        }
    }

    [Fact]
    public async Task A_repeated_restore_resumes_and_a_dump_is_refused_by_another_ledger()
    {
        await using var original = await RunningLedger.StartAsync();
        await StartAsync(original);
        var dump = await ExportAsync(original);
        await using var restored = await RunningLedger.StartAsync();
        await ImportAsync(restored, dump[..20]);

        var again = await ImportAsync(restored, dump);

        again.Select(a => a.GetProperty("status").GetInt32()).ShouldBe([.. Enumerable.Repeat(200, 20), .. Enumerable.Repeat(201, dump.Length - 20)]);
        (await restored.SettleAsync()).ShouldBe(dump.Length);
        await using var other = await RunningLedger.StartAsync();
        await other.RecordBasicsAsync();
        (await ImportAsync(other, dump[..6])).ShouldAllBe(a => a.GetProperty("status").GetInt32() == 409);
        (await ImportAsync(restored, [.. dump[..2], dump[4]])).Select(a => a.GetProperty("status").GetInt32()).ShouldBe([200, 200, 200]);
        (await other.SettleAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task A_dump_with_a_gap_is_refused_from_the_gap_on_and_needs_the_scope_of_an_administrator()
    {
        await using var original = await RunningLedger.StartAsync();
        await original.RecordBasicsAsync();
        var dump = await ExportAsync(original);
        await using var restored = await RunningLedger.StartAsync();
        var key = (await original.RecordAsync("/v1/keys", """{"name": "recorder", "scopes": ["record"]}""")).GetProperty("secret").GetString()!;
        using var recorder = original.Client(key);

        (await ImportAsync(recorder, dump)).ShouldAllBe(a => a.GetProperty("status").GetInt32() == 403);
        var answers = await ImportAsync(restored, [dump[0], dump[2], dump[3]]);

        answers.Select(a => a.GetProperty("status").GetInt32()).ShouldBe([201, 409, 409]);
        (await ImportAsync(restored, dump)).Select(a => a.GetProperty("status").GetInt32()).ShouldBe([200, 201, 201, 201]);
    }

    [Fact]
    public async Task A_line_that_could_not_be_signed_is_refused_and_the_log_goes_on_without_it()
    {
        await using var original = await RunningLedger.StartAsync();
        await original.RecordBasicsAsync();
        var dump = await ExportAsync(original);
        await using var restored = await RunningLedger.StartAsync();
        string Changed(Action<JsonObject> change)
        {
            var line = JsonNode.Parse(dump[0])!.AsObject();
            change(line);
            return line.ToJsonString();
        }

        var answers = await ImportAsync(restored,
        [
            Changed(l => Enumerable.Range(0, 128).ToList().ForEach(n => l["data"]![$"more{n}"] = n)),
            Changed(l => l["data"]![new string('x', 65)] = 1),
            Changed(l => l["traceparent"] = new string('0', 201)),
            Changed(l => l["onbehalfof"] = "no id at all"),
        ]);

        answers.ShouldAllBe(a => a.GetProperty("status").GetInt32() == 400);
        (await ImportAsync(restored, dump)).ShouldAllBe(a => a.GetProperty("status").GetInt32() == 201);
        (await TextAsync(restored, $"/v1/proofs/{dump.Length}")).ShouldStartWith("c2sp.org/tlog-proof@v1");
    }

    /// <summary>The dump says that words were erased from the tags. The ledger that imports it makes the tags again, without these words.</summary>
    [Fact]
    public async Task A_dump_of_a_ledger_with_an_erasure_can_be_restored_and_signed()
    {
        await using var original = await RunningLedger.StartAsync();
        await original.RecordBasicsAsync();
        await original.RecordClaimAsync("c1", more: """, "topics": ["whistleblowing"]""");
        await original.RecordAsync("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "a letter"}""");
        using var approver = original.Client((await original.RecordAsync("/v1/keys", """{"name": "counsel", "scopes": ["erase:approve"]}""")).GetProperty("secret").GetString());
        var request = await original.RecordAsync("/v1/erasures", """{"positions": [5], "fields": ["topics"], "legalBasis": "fictional"}""");
        (await approver.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), null)).EnsureSuccessStatusCode();
        var dump = await ExportAsync(original);
        dump[^1].ShouldContain("\"tagsOf\": [5, 6]");
        await using var restored = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:ScanPauseMs"] = "10" });

        (await ImportAsync(restored, dump)).ShouldAllBe(a => a.GetProperty("status").GetInt32() == 201);

        for (var position = 1; position <= dump.Length; position++)
        {
            (await restored.Http.GetStringAsync(new Uri($"/v1/proofs/{position}", UriKind.Relative))).ShouldStartWith("c2sp.org/tlog-proof@v1");
        }

        await Task.Delay(200); // The scan has run several times by now.
        (await restored.GetAsync("/health/ready")).Body.GetProperty("proof").GetProperty("state").GetString().ShouldBe("signing");
    }

    /// <summary>The demonstration, and what may follow: a correction, an answer, a withdrawal, text that changed, a retelling, a party that acts for another; all fictional.</summary>
    private static async Task StartAsync(RunningLedger ledger)
    {
        await ledger.RecordDemoAsync();
        await ledger.RecordAsync("/v1/parties/daily-caller", """{"name": "Daily Caller News Foundation", "kind": "publisher", "enrolled": true}""", method: HttpMethod.Put);
        var correction = await ledger.RecordAsync("/v1/assertions/t06/corrections", ArticlesTests.FictionalCorrection);
        await ledger.SettleAsync();
        await ledger.RecordAsync("/v1/assertions/d02/answers",
            $$"""{"upstream": {{correction.GetProperty("position")}}, "by": "daily-caller", "outcome": "noted", "note": "FICTIONAL", "onBehalfOf": "daily-caller"}""");
        var concern = await ledger.RecordAsync("/v1/assertions/t12/concerns", """{"publisher": "the-telegraph", "text": "FICTIONAL", "url": "https://example.org/f", "reason": "fictional"}""");
        await ledger.SettleAsync();
        await ledger.RecordAsync($"/v1/events/{concern.GetProperty("events")[0].GetProperty("id").GetString()}/withdrawal", """{"reason": "fictional", "citation": "fictional"}""");
        await ledger.RecordAsync("/v1/retellings", """{"publisher": "daily-caller", "url": "https://example.org/retold", "title": "FICTIONAL", "publishedAt": "2018-08-05", "of": ["t07"]}""");
        await ledger.SettleAsync();
    }

    private static async Task<string[]> ExportAsync(RunningLedger ledger) =>
        (await ledger.Http.GetStringAsync(new Uri("/v1/export", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> TextAsync(RunningLedger ledger, string path)
    {
        using var response = await ledger.Public.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return (await response.Content.ReadAsStringAsync()).Replace(ledger.BaseAddress.ToString(), "http://ledger/", StringComparison.Ordinal);
    }

    private static Task<List<JsonElement>> ImportAsync(RunningLedger ledger, IEnumerable<string> lines) => ImportAsync(ledger.Http, lines);

    private static async Task<List<JsonElement>> ImportAsync(HttpClient http, IEnumerable<string> lines)
    {
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var response = await http.PostAsync(new Uri("/v1/import", UriKind.Relative), content);
        return [.. (await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
    }

    /// <summary>Times with six decimals are times of recording; the ledger's own address and the trace of a request are of the recording too.</summary>
    private static string WithoutRecording(string text) => Recording().Replace(text, "");

    [GeneratedRegex("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z|\"source\":\"urn:[^\"]*\",|\"traceparent\":\"[^\"]*\",|\"recordedBy\":\"[^\"]*\"")]
    private static partial Regex Recording();
}
