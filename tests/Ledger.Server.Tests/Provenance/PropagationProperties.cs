using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

/// <summary>
/// Compares the policy with a naive walk over every event. Graphs are random, links are made and withdrawn meanwhile, and one of two nodes is killed.
/// <c>LEDGER_PROPAGATION_GRAPHS</c> asks for more graphs than the two of every run.
/// </summary>
public class PropagationProperties
{
    private const int Assertions = 200;
    private const int Changes = 40;
    private const int Sources = 4;

    public static TheoryData<int> Seeds()
    {
        var seeds = new TheoryData<int>();
        for (var graph = 0; graph < int.Parse(Environment.GetEnvironmentVariable("LEDGER_PROPAGATION_GRAPHS") ?? "2", CultureInfo.InvariantCulture); graph++)
        {
            seeds.Add(20180803 + graph);
        }

        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Propagation_equals_a_naive_walk_and_reaches_each_assertion_once_when_a_node_dies_and_after_a_rebuild(int seed)
    {
        var random = new Random(seed);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);

        // The first node to start runs the policy. In every other graph that is the node that is killed.
        RunningLedger survivor;
        ServerProcess other;
        if (seed % 2 == 0)
        {
            survivor = await RunningLedger.StartAsync(database);
            other = await ServerProcess.ServeAsync(database);
        }
        else
        {
            other = await ServerProcess.ServeAsync(database);
            survivor = await RunningLedger.StartAsync(database);
        }

        await using var dying = other;
        using var otherHttp = new HttpClient { BaseAddress = other.BaseAddress };
        otherHttp.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
        await survivor.RecordBasicsAsync();
        foreach (var report in Enumerable.Range(2, Sources - 1))
        {
            await survivor.RecordAsync("/v1/sources", $$"""{"id": "report{{report}}", "kind": "report", "title": "A report", "publisher": "{{(report % 2 == 0 ? "ministry" : "gazette")}}"}""");
            await survivor.RecordAsync($"/v1/sources/report{report}/versions", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}""");
        }

        await ImportAsync(survivor, Enumerable.Range(0, Assertions).Select(i => Claim(i, random)));
        var deathAt = random.Next(Changes);
        for (var change = 0; change < Changes; change++)
        {
            if (change == deathAt)
            {
                await other.KillAsync();
            }

            await ChangeAsync(change < deathAt && random.Next(2) == 0 ? otherHttp : survivor.Http, random);
        }

        await survivor.SettleAsync();
        var found = await SetAsync(survivor);
        found.ShouldBe(Naive.Expected(await EventsAsync(survivor)), ignoreOrder: true);
        found.ShouldNotBeEmpty();

        await survivor.DisposeAsync();
        await ForgetProgressAsync(database);
        await using var rebuilt = await RunningLedger.StartAsync(database);
        await rebuilt.SettleAsync();
        (await SetAsync(rebuilt)).ShouldBe(found, ignoreOrder: true);
    }

    private static string Claim(int i, Random random)
    {
        var links = Enumerable.Range(0, i == 0 ? 0 : random.Next(4)).Select(_ => random.Next(Math.Max(0, i - 25), i)).Distinct().Select(to => Link(to, random));
        var report = i % Sources == 0 ? "report" : $"report{(i % Sources) + 1}";
        return $$$"""
            {"command": "recordClaim", "key": "a{{{i}}}", "body": {"id": "a{{{i}}}", "proposition": "It is so", "source": {"id": "{{{report}}}", "version": 1}, "attribution": [], "figures": [{"name": "n", "value": {{{i}}}}], "links": [{{{string.Join(", ", links)}}}]}}
            """;
    }

    private static string Link(int to, Random random)
    {
        var relation = new[] { "restates", "derivedFrom", "derivedFrom", "generalises" }[random.Next(4)];
        var basis = random.Next(3) == 0 ? "inferred" : "stated";
        var lost = random.Next(5) switch { 0 => """{"field": "figures/n", "theirs": 1, "ours": null}""", 1 => """{"field": "proposition", "theirs": "x", "ours": null}""", _ => "" };
        return $$"""{"to": "a{{to}}", "relation": "{{relation}}", "basis": "{{basis}}", "differences": [{{lost}}]}""";
    }

    private static async Task ChangeAsync(HttpClient node, Random random)
    {
        var id = random.Next(Assertions);
        var publisher = id % Sources % 2 == 1 ? "ministry" : "gazette";
        var events = (await GetAsync(node, $"/v1/assertions/a{id}/history")).GetProperty("entries").EnumerateArray().ToList();
        switch (random.Next(5))
        {
            case 0:
                await PostAsync(node, $"/v1/assertions/a{id}/denials", $$"""{"party": "ministry", "statement": "No, {{random.Next()}}", "contests": "whole", "citation": "x"}""");
                break;
            case 1:
                var value = (await GetAsync(node, $"/v1/assertions/a{id}")).GetProperty("figures")[0].GetProperty("value").GetDecimal();
                await PostAsync(node, $"/v1/assertions/a{id}/corrections",
                    $$$"""{"publisher": "{{{publisher}}}", "text": "x{{{random.Next()}}}", "citation": "x", "reason": "x", "materiality": "{{{(random.Next(4) == 0 ? "minor" : "substantive")}}}", "changes": [{"field": "figures/n", "before": {{{value}}}, "after": {{{value + 1000}}}}]}""");
                break;
            case 2 when events.Find(e => e.GetProperty("type").GetString() is "linked" or "denial_recorded") is { ValueKind: JsonValueKind.Object } entry:
                await PostAsync(node, $"/v1/events/{entry.GetProperty("id").GetString()}/withdrawal", """{"reason": "x", "citation": "x"}""", mayBeRefused: true);
                break;
            case 3 when id > 0:
                await PostAsync(node, $"/v1/assertions/a{id}/links", Link(random.Next(id), random), mayBeRefused: true);
                break;
            default:
                await PostAsync(node, $"/v1/assertions/a{id}/concerns", $$"""{"publisher": "{{publisher}}", "text": "x{{random.Next()}}", "citation": "x", "reason": "x"}""");
                break;
        }
    }

    private static async Task<JsonElement> GetAsync(HttpClient node, string path) => JsonElement.Parse(await node.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>A withdrawal of what is withdrawn already, and a link that is there, are refused.</summary>
    private static async Task PostAsync(HttpClient node, string path, string json, bool mayBeRefused = false)
    {
        using var body = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await node.PostAsync(new Uri(path, UriKind.Relative), body);
        (response.IsSuccessStatusCode || (mayBeRefused && (int)response.StatusCode is >= 400 and < 500)).ShouldBeTrue($"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private static async Task ImportAsync(RunningLedger ledger, IEnumerable<string> lines)
    {
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var response = await ledger.Http.PostAsync(new Uri("/v1/import", UriKind.Relative), content);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("problem");
    }

    private static async Task<List<JsonElement>> EventsAsync(RunningLedger ledger)
    {
        var text = await ledger.Public.GetStringAsync(new Uri("/v1/export", UriKind.Relative));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
    }

    private static async Task<List<(string Derived, long Cause, string Fields, string Basis)>> SetAsync(RunningLedger ledger) =>
    [
        .. from e in await EventsAsync(ledger)
           where e.GetProperty("type").GetString() == "ledger.upstream_changed.v1"
           let data = e.GetProperty("data")
           select (e.GetProperty("subject").GetString()!, data.GetProperty("cause").GetInt64(),
               string.Join(',', data.GetProperty("fields").EnumerateArray().Select(f => f.GetString())), data.GetProperty("basis").GetString()!),
    ];

    private static async Task ForgetProgressAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var command = source.CreateCommand($"delete from ledger.mt_event_progression where name = '{PropagationPolicy.ProgressName}'");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The rule in its plainest form: field by field, repeated until nothing more is reached.</summary>
    private static class Naive
    {
        internal static List<(string Derived, long Cause, string Fields, string Basis)> Expected(List<JsonElement> events)
        {
            var byId = events.ToDictionary(e => e.GetProperty("id").GetString()!);
            var links = new Dictionary<string, JsonElement>();
            var expected = new List<(string, long, string, string)>();
            foreach (var e in events)
            {
                var data = e.GetProperty("data");
                var type = e.GetProperty("type").GetString()!;
                var target = type == "ledger.withdrawn.v1" ? data.GetProperty("event").GetString()! : "";
                string[] fields = type switch
                {
                    "ledger.denial_recorded.v1" or "ledger.concern_expressed.v1" => ["proposition"],
                    "ledger.correction_issued.v1" when data.GetProperty("materiality").GetString() == "substantive" => ["figures/n"],
                    "ledger.withdrawn.v1" when byId[target].GetProperty("type").GetString() == "ledger.denial_recorded.v1" => ["proposition"],
                    _ => [],
                };
                foreach (var (derived, basis) in fields.SelectMany(f => Reached(e.GetProperty("subject").GetString()!, f, [.. links.Values])))
                {
                    expected.Add((derived, long.Parse(e.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture), fields[0], basis));
                }

                if (type == "ledger.linked.v1")
                {
                    links[e.GetProperty("id").GetString()!] = e;
                }

                links.Remove(target);
            }

            return expected;
        }

        private static IEnumerable<(string Derived, string Basis)> Reached(string origin, string field, List<JsonElement> links)
        {
            var stated = Closure(origin, field, [.. links.Where(l => l.GetProperty("data").GetProperty("basis").GetString() == "stated")]);
            return Closure(origin, field, links).Select(d => (d, stated.Contains(d) ? "stated" : "inferred"));
        }

        private static HashSet<string> Closure(string origin, string field, List<JsonElement> links)
        {
            var reached = new HashSet<string> { origin };
            var grown = true;
            while (grown)
            {
                grown = false;
                foreach (var link in links)
                {
                    var data = link.GetProperty("data");
                    if (data.GetProperty("relation").GetString() is "restates" or "derivedFrom"
                        && reached.Contains("assertion-" + data.GetProperty("to").GetString())
                        && !data.GetProperty("differences").EnumerateArray().Any(d => d.GetProperty("field").GetString() == field && !d.TryGetProperty("ours", out _)))
                    {
                        grown |= reached.Add(link.GetProperty("subject").GetString()!);
                    }
                }
            }

            reached.Remove(origin);
            return reached;
        }
    }
}
