using System.Text.Json;
using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>The description of the API is right according to independent validators and to the answers of the service.</summary>
public sealed class DescriptionTests(DescriptionTests.Described described) : IClassFixture<DescriptionTests.Described>
{
    /// <summary>What subscriptions need.</summary>
    private static readonly Dictionary<string, string?> KeepsSecrets = new() { ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]) };

    /// <summary>One server for all of them.</summary>
    public sealed class Described : IAsyncLifetime
    {
        internal RunningLedger Ledger { get; private set; } = null!;

        internal JsonElement Description { get; private set; }

        public async Task InitializeAsync()
        {
            Ledger = await RunningLedger.StartAsync(settings: KeepsSecrets);
            Description = (await Ledger.ReadDescriptionAsync()).Body;
        }

        public async Task DisposeAsync() => await Ledger.DisposeAsync();
    }

    [Fact]
    public async Task Two_independent_validators_accept_the_description()
    {
        var found = await NodeScript.RunAsync("""
            import SwaggerParser from "@apidevtools/swagger-parser";
            import { createConfig, lintFromString } from "@redocly/openapi-core";
            const description = process.argv[1];
            const found = [];
            try { await SwaggerParser.validate(JSON.parse(JSON.parse(description))); } catch (error) { found.push(error.message); }
            const config = await createConfig({ extends: ["spec"], rules: { "operation-operationId-unique": "error", "security-defined": "error", "no-ambiguous-paths": "off" } });
            for (const problem of await lintFromString({ source: JSON.parse(description), config, absoluteRef: "/openapi.json" })) {
              found.push(`${problem.ruleId}: ${problem.message} ${problem.location[0]?.pointer}`);
            }
            console.log(JSON.stringify(found));
            """, described.Description.GetRawText());
        found.EnumerateArray().Select(f => f.GetString()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_read_takes_the_parameters_that_are_described_and_no_others()
    {
        var ledger = described.Ledger;
        await ledger.RecordAsync("/v1/parties", """{"id": "pa", "name": "A", "kind": "publisher"}""");
        await ledger.RecordAsync("/v1/sources", """{"id": "so", "kind": "report", "title": "T", "publisher": "pa"}""");
        await ledger.RecordAsync("/v1/sources/so/versions", """{"edition": "print", "seen": true}""");
        await ledger.RecordAsync("/v1/assertions", """{"id": "as", "proposition": "P", "source": {"id": "so", "version": 1}, "attribution": []}""");
        var subscription = await ledger.RecordAsync("/v1/subscriptions", """{"name": "S", "delivery": {"kind": "webhook", "url": "https://example.org/"}}""");
        await ledger.SettleAsync();

        var asked = 0;
        foreach (var read in described.Description.Operations().Where(o => o.Method == "get" && !o.Path.StartsWith("/health", StringComparison.Ordinal) && o.Path != "/v1/erasures/{id}"))
        {
            var path = read.Path
                .Replace("{id}", read.Path.Contains("parties", StringComparison.Ordinal) ? "pa" : read.Path.Contains("sources", StringComparison.Ordinal) ? "so"
                    : read.Path.Contains("subscriptions", StringComparison.Ordinal) ? subscription.GetProperty("id").GetString() : "as", StringComparison.Ordinal)
                .Replace("{second}", "20300101000000", StringComparison.Ordinal).Replace("{position}", "1", StringComparison.Ordinal);
            var needed = read.Path switch { "/v1/changes" => "&from=0", "/v1/sources/{id}/comparison" => "&with=so", "/v1/certificates" => "&assertion=as", _ => "" };
            var (response, problem) = await ledger.GetAsync($"{path}?colour=red{needed}", asPublic: false);
            ((int)response.StatusCode).ShouldBe(400, $"{read}: {problem}");
            var taken = problem.GetProperty("detail").GetString()!.Split("it takes ")[1].TrimEnd('.');
            string.Join(", ", read.Parameters("query").Select(p => p.GetProperty("name").GetString()).Order(StringComparer.Ordinal).DefaultIfEmpty("none")).ShouldBe(taken, read.ToString());
            asked++;
        }

        asked.ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task Every_example_of_the_description_is_accepted_unchanged_and_answered_as_described()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: KeepsSecrets);
        foreach (var (id, kind) in new[] { ("the-telegraph", "publisher"), ("russia-labour-ministry", "government"), ("daily-caller", "publisher") })
        {
            await ledger.RecordAsync("/v1/parties", $$"""{"id": "{{id}}", "name": "{{id}}", "kind": "{{kind}}"}""");
        }

        await ledger.RecordAsync("/v1/sources", """{"id": "telegraph-online", "kind": "article", "title": "Online", "publisher": "the-telegraph"}""");
        var operations = described.Description.Operations().ToDictionary(o => o.ToString());
        var sent = new List<string>();
        var shaped = new List<object>();

        await SendAsync("post /v1/parties");
        await SendAsync("put /v1/parties/{id}", "russia-mfa");
        await SendAsync("post /v1/sources");
        await SendAsync("post /v1/sources/{id}/versions", "telegraph-print");
        await SendAsync("post /v1/assertions");
        await ledger.RecordAsync("/v1/assertions", operations["post /v1/assertions"].Example!.Value.GetRawText().Replace("\"t06\"", "\"d02\"", StringComparison.Ordinal));
        await SendAsync("post /v1/assertions/{id}/evidence", "t06");
        await SendAsync("post /v1/assertions/{id}/links", "d02");
        await SendAsync("post /v1/sources/{id}/links", "telegraph-online");
        await SendAsync("post /v1/assertions/{id}/denials", "t06");
        await SendAsync("post /v1/assertions/{id}/positions", "t06");
        await SendAsync("post /v1/notices");
        await SendAsync("post /v1/assertions/{id}/corrections", "d02");
        await SendAsync("post /v1/assertions/{id}/concerns", "d02");
        await SendAsync("post /v1/assertions/{id}/retraction", "d02");
        var request = await SendAsync("post /v1/assertions/{id}/requests", "t06");
        var named = operations["post /v1/assertions/{id}/answers"].Example!.Value.GetProperty("request").GetString()!;
        await SendAsync("post /v1/assertions/{id}/answers", "t06", body => body.Replace(named, request.EventId, StringComparison.Ordinal));
        await SendAsync("post /v1/assertions/{id}/amendments", "t06");
        await SendAsync("post /v1/retellings");
        var restriction = await SendAsync("post /v1/restrictions");
        await SendAsync("post /v1/events/{eventId}/withdrawal", restriction.EventId);
        await SendAsync("post /v1/erasures");
        var key = await SendAsync("post /v1/keys");
        await SendAsync("post /v1/keys/{id}/rotation", key.GetProperty("id").GetString());
        var subscription = await SendAsync("post /v1/subscriptions");
        await SendAsync("post /v1/subscriptions/{id}/replay", subscription.GetProperty("id").GetString());

        operations.Values.Where(o => o.Example is not null).Select(o => o.ToString()).Except(sent).ShouldBeEmpty("send its example in this test");
        (await MisfitsAsync(shaped)).ShouldBeEmpty();

        async Task<JsonElement> SendAsync(string name, string? id = null, Func<string, string>? adjust = null)
        {
            var operation = operations[name];
            var body = operation.Example!.Value.GetRawText();
            var path = System.Text.RegularExpressions.Regex.Replace(operation.Path, "{[A-Za-z]+}", id ?? "");
            var (response, answer) = await ledger.PostAsync(path, adjust?.Invoke(body) ?? body, method: new(operation.Method.ToUpperInvariant()));
            var status = $"{(int)response.StatusCode}";
            status.ShouldStartWith("2", Case.Sensitive, $"{name}: {answer}");
            operation.Content.GetProperty("responses").TryGetProperty(status, out var described).ShouldBeTrue($"{name} answers {status}");
            sent.Add(name);
            shaped.Add(new { name, pointer = Pointer("requestBody", "content", "application/json", "schema"), value = (object)operation.Example.Value });
            if (described.GetProperty("content").GetProperty("application/json").TryGetProperty("schema", out JsonElement _))
            {
                shaped.Add(new { name, pointer = Pointer("responses", status, "content", "application/json", "schema"), value = (object)answer });
            }

            return answer;

            string[] Pointer(params string[] rest) => ["paths", operation.Path, operation.Method, .. rest];
        }
    }

    /// <summary>What does not fit the shape that the description gives it, by ajv.</summary>
    private async Task<IEnumerable<string?>> MisfitsAsync(IReadOnlyList<object> shaped)
    {
        var found = await NodeScript.RunAsync("""
            import Ajv from "ajv/dist/2020.js";
            import addFormats from "ajv-formats";
            const { description, shaped } = JSON.parse(process.argv[1]);
            const ajv = new Ajv({ strict: false, allErrors: true });
            addFormats(ajv);
            ajv.addSchema({ $id: "https://ledger.example/openapi", ...description });
            const found = [];
            for (const { name, pointer, value } of shaped) {
              const fragment = pointer.map(part => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
              const fits = ajv.compile({ $ref: `https://ledger.example/openapi#/${fragment}` });
              if (!fits(value)) found.push(`${name} ${pointer[3]}: ${ajv.errorsText(fits.errors)}`);
            }
            console.log(JSON.stringify(found));
            """, new { description = described.Description, shaped });
        return found.EnumerateArray().Select(f => f.GetString());
    }
}
