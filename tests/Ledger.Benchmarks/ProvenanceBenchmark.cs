using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Benchmarks;

/// <summary>Over HTTP on one machine: an import with three links a claim, graphs of three hops, and one change with a thousand derived assertions.</summary>
internal static class ProvenanceBenchmark
{
    private const int LinksPerClaim = 3;
    private const int Graphs = 300;
    private const int Derived = 1_000;
    private const int LinesPerSource = 100;

    public static async Task RunAsync(int claims)
    {
        await using var ledger = await RunningLedger.StartAsync();
        var stopwatch = Stopwatch.StartNew();
        var refused = await ImportAsync(ledger, Lines(claims));
        var imported = stopwatch.Elapsed;
        await ledger.SettleAsync();
        Say($"import: {claims + Derived + (claims / LinesPerSource * 2)} commands with {claims * LinksPerClaim} links, {refused} refused: {(claims + Derived) / imported.TotalSeconds:N0}/s; projections at the head {(stopwatch.Elapsed - imported).TotalSeconds:N1} s after");

        var random = new Random(1);
        var latencies = new List<double>();
        for (var i = 0; i < Graphs; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var graph = await ledger.Public.GetAsync(new Uri($"/v1/assertions/c{random.Next(claims)}/provenance?depth=3", UriKind.Relative));
            _ = graph.StatusCode == HttpStatusCode.OK ? await graph.Content.ReadAsByteArrayAsync() : throw new InvalidOperationException($"{graph.StatusCode}");
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        latencies.Sort();
        Say($"graph of 3 hops, both ways: p50 {latencies[Graphs / 2]:N1} ms, p99 {latencies[Graphs * 99 / 100]:N1} ms");

        var change = Stopwatch.GetTimestamp();
        var answer = await ledger.RecordAsync("/v1/assertions/hub/concerns", """{"publisher": "gazette", "text": "made up", "citation": "made up", "reason": "made up"}""");
        var cause = answer.GetProperty("position").GetInt64();
        long head;
        do
        {
            head = (await ledger.GetAsync($"/v1/events?after={cause + Derived - 1}&limit=1&wait=5s")).Body.GetProperty("head").GetInt64();
        }
        while (head < cause + Derived);
        Say($"a change with {Derived} derived assertions: all told after {Stopwatch.GetElapsedTime(change).TotalMilliseconds:N0} ms");
    }

    private static IEnumerable<string> Lines(int claims)
    {
        var random = new Random(20180803);
        yield return """{"command": "recordParty", "body": {"id": "gazette", "name": "The Gazette", "kind": "publisher"}}""";
        for (var i = 0; i < claims; i++)
        {
            if (i % LinesPerSource == 0)
            {
                yield return $$"""{"command": "registerSource", "body": {"id": "s{{i}}", "kind": "article", "title": "A report", "publisher": "gazette"} }""";
                yield return $$"""{"command": "captureVersion", "target": "s{{i}}", "body": {"edition": "print", "seen": true} }""";
            }

            var links = i < 1_000 ? "" : string.Join(", ", Enumerable.Range(0, LinksPerClaim).Select(_ => Link($"c{random.Next(i - 600)}")));
            yield return Claim($"c{i}", i / LinesPerSource * LinesPerSource, links);
        }

        yield return Claim("hub", 0, "");
        for (var i = 0; i < Derived; i++)
        {
            yield return Claim($"h{i}", 0, Link("hub"));
        }
    }

    private static string Claim(string id, int source, string links) => $$"""
        {"command": "recordClaim", "key": "{{id}}", "body": {"id": "{{id}}", "proposition": "A sentence as long as many a claim has.", "source": {"id": "s{{source}}", "version": 1}, "attribution": [{"party": "gazette", "role": "originator"}], "links": [{{links}}]} }
        """;

    private static string Link(string to) => $$"""{"to": "{{to}}", "relation": "derivedFrom", "basis": "stated"}""";

    /// <summary>Sends the lines as they are made; counts the refused ones as their answers stream back.</summary>
    private static async Task<int> ImportAsync(RunningLedger ledger, IEnumerable<string> lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/import") { Content = new LinesContent(lines) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var response = await ledger.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var refused = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (JsonElement.Parse(line).GetProperty("status").GetInt32() >= 400 && refused++ == 0)
            {
                Say($"first refusal: {line}");
            }
        }

        return refused;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class LinesContent(IEnumerable<string> lines) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (var line in lines)
            {
                await writer.WriteLineAsync(line);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
