using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>The page that tells the story of the two reports holds what the ledger answers, and nothing that it does not.</summary>
public class StoryPageTests
{
    private const string Rewrite = "LEDGER_WRITE_DOCS";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_story_of_the_two_reports_is_told_with_the_answers_that_the_ledger_gives()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        await ledger.SettleAsync();
        var page = new StringBuilder("""
            # Two reports, one story

            Two newspapers reported on North Korean workers in Russia in August 2018, the second after the first. `dotnet run --project src/Ledger.Server -- demo`
            records both. This page shows what the ledger then answers. The answers are real, shortened to the members that matter (a test writes this page
            and fails when it is stale). What is marked **fictional** is made up to show what would follow, and is not part of the demonstration.

            ## What the second report repeats, what it says differently, and what it leaves out


            """);
        var comparison = (await ledger.GetAsync("/v1/sources/telegraph-print/comparison?with=daily-caller")).Body;
        var rows = comparison.GetProperty("differs").EnumerateArray()
            .Where(r => (r.GetProperty("left").GetProperty("id").GetString(), r.GetProperty("right").GetProperty("id").GetString()) is ("t12", "d01") or ("t09", "d04"))
            .Select(r => new JsonObject
            {
                ["left"] = r.GetProperty("left").GetProperty("id").GetString(), ["right"] = r.GetProperty("right").GetProperty("id").GetString(),
                ["relation"] = Node(r, "relation"), ["basis"] = Node(r, "basis"), ["differences"] = Node(r, "differences"),
            });
        var absent = comparison.GetProperty("absent").EnumerateArray().Select(r => (JsonNode)r.GetProperty("left").GetProperty("id").GetString()!);
        Show(page, "GET /v1/sources/telegraph-print/comparison?with=daily-caller", new() { ["differs"] = new JsonArray([.. rows]), ["absent"] = new JsonArray([.. absent]) });
        page.Append("""
            The first report attributes the comparison with slavery to the United Nations; the second report does not name them. The yearly income is 2 in
            one and 2.3 in the other. Neither is called right or wrong. Every row has its basis: the second report's own reference, or the recorder's inference.

            ## Where the figure in the second report comes from


            """);
        var graph = (await ledger.GetAsync("/v1/assertions/d02/provenance?direction=up")).Body;
        var edges = graph.GetProperty("edges").EnumerateArray().Where(e => e.GetProperty("relation").GetString() is not ("publishedBy" or "appearsIn"))
            .Select(e => (JsonNode)Pick(e, "from", "to", "relation", "basis", "role"));
        Show(page, "GET /v1/assertions/d02/provenance?direction=up", new() { ["edges"] = new JsonArray([.. edges]) });
        page.Append("## What the ministry denied, and where else the denial shows\n\n");
        var d30 = (await ledger.GetAsync("/v1/assertions/d30")).Body.GetProperty("standing");
        Show(page, "GET /v1/assertions/d30", new()
        {
            ["flags"] = new JsonArray([.. Flags(d30)]),
            ["positions"] = new JsonArray([.. d30.GetProperty("positions").EnumerateArray().Where(p => p.TryGetProperty("via", out _))
                .Select(p => (JsonNode)Pick(p, "party", "stance", "state", "concedes", "since", "via"))]),
        });
        page.Append("""
            The ministry denied the headline of the first report. The recorder inferred the link between the two headlines. The second report and the denial
            are of the same day, so their order is not known, and nothing says that the second report left the denial out. No flag is set on what the
            ministry did not speak of.

            ## Fictional: the first report corrects its figure, and the second publisher takes part


            """);
        await ledger.RecordAsync("/v1/parties/daily-caller", """{"name": "Daily Caller News Foundation", "kind": "publisher", "enrolled": true}""", method: HttpMethod.Put);
        const string Correction = """
            {"publisher": "the-telegraph", "text": "FICTIONAL: the number was misread.", "url": "https://example.org/fictional", "reason": "fictional", "changes": [{"field": "figures/workers", "before": 1237, "after": 1200}]}
            """;
        page.Append(CultureInfo.InvariantCulture, $"`POST /v1/assertions/t06/corrections`\n\n```json\n{Correction.Trim()}\n```\n\n");
        var cause = (await ledger.RecordAsync("/v1/assertions/t06/corrections", Correction)).GetProperty("position").GetInt64();
        await ledger.SettleAsync();
        Show(page, "GET /v1/assertions/d02", new() { ["flags"] = new JsonArray([.. Flags((await ledger.GetAsync("/v1/assertions/d02")).Body.GetProperty("standing"))]) }, WithoutTimes);
        var waiting = (await ledger.GetAsync("/v1/unanswered")).Body.GetProperty("items").EnumerateArray()
            .Select(i => (JsonNode)Pick(i, "assertion", "publisher", "flag", "upstream", "causeType", "fields", "basis"));
        Show(page, "GET /v1/unanswered", new() { ["items"] = new JsonArray([.. waiting]) });
        await ledger.RecordAsync("/v1/assertions/d02/answers", $$"""{"upstream": {{cause}}, "by": "daily-caller", "outcome": "updated", "note": "FICTIONAL"}""");
        page.Append("After the publisher's answer (`POST /v1/assertions/d02/answers`, outcome `updated`, **fictional**) no answer is awaited any more. The history keeps everything:\n\n");
        var history = (await ledger.GetAsync("/v1/assertions/d02/history")).Body.GetProperty("entries").EnumerateArray().Select(e => (JsonNode)Pick(e, "version", "type", "recordedBy"));
        Show(page, "GET /v1/assertions/d02/history", new() { ["entries"] = new JsonArray([.. history]) });

        var made = page.ToString().TrimEnd() + "\n";
        var path = DocumentPath("two-articles.md");
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            await File.WriteAllTextAsync(path, made);
        }

        (await File.ReadAllTextAsync(path)).ShouldBe(made, $"docs/two-articles.md is stale: run this test with {Rewrite}=1 and commit what it writes.");
    }

    internal static string DocumentPath(string name, [CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(directory.FullName, "Ledger.sln")))
        {
            directory = directory.Parent!;
        }

        return Path.Combine(directory.FullName, "docs", name);
    }

    private static IEnumerable<JsonNode> Flags(JsonElement standing) => standing.GetProperty("flags").EnumerateArray().Select(f => (JsonNode)Pick(f, "flag", "since", "detail"));

    /// <summary>The time of recording differs at every run. A stated publication does not.</summary>
    private static void WithoutTimes(JsonObject answer)
    {
        foreach (var flag in answer["flags"]!.AsArray().OfType<JsonObject>().Where(f => f["since"]!.GetValue<string>().Contains('T', StringComparison.Ordinal)))
        {
            flag.Remove("since");
        }
    }

    private static void Show(StringBuilder page, string request, JsonObject answer, Action<JsonObject>? cut = null)
    {
        cut?.Invoke(answer);
        page.Append(CultureInfo.InvariantCulture, $"`{request}`\n\n```json\n{answer.ToJsonString(Indented)}\n```\n\n");
    }

    private static JsonObject Pick(JsonElement from, params string[] names) =>
        new(names.Where(n => from.TryGetProperty(n, out _)).Select(n => KeyValuePair.Create(n, Node(from, n))));

    private static JsonNode? Node(JsonElement from, string name) => JsonNode.Parse(from.GetProperty(name).GetRawText());
}
