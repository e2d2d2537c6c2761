using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Server;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>Pages of a ledger with many assertions, beside the JSON reads of what they show: time over loopback, size, and script.</summary>
internal static partial class PagesBenchmark
{
    private const int AimMs = 50;
    private const int AimHtmlBytes = 60_000;
    private const int AimScriptBytes = 40_000;
    private const int AimTimesJson = 5;
    private const int Requests = 200;
    private const int RequestsWarmUp = 100;

    internal static async Task RunAsync(int claims)
    {
        await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var server = await ServerProcess.ServeAsync(database);
        await using var log = NpgsqlDataSource.Create(database.OwnerConnectionString);
        using var http = new HttpClient { BaseAddress = server.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
        var imported = await ProvenanceBenchmark.ImportAsync(http, log, ProvenanceLines.Plain(0, (2 * claims) + 2));
        Console.WriteLine($"{claims:N0} assertions, {imported.Events:N0} events");

        var source = claims / 200;
        var one = $"p{source}-50";
        await MeasureAsync(http, "the front page", "/", ["/v1/assertions?limit=20"]);
        await MeasureAsync(http, "an assertion", $"/assertions/{one}", [$"/v1/assertions/{one}", $"/v1/assertions/{one}/history", $"/v1/assertions/{one}/provenance?depth=3&direction=both"]);
        await MeasureAsync(http, "a source with a hundred assertions", $"/sources/p{source}", [$"/v1/sources/p{source}", $"/v1/assertions?source=p{source}&limit=100"]);
        await MeasureAsync(http, "a party", "/parties/ministry", ["/v1/parties/ministry"]);
    }

    private static async Task MeasureAsync(HttpClient http, string name, string page, IReadOnlyList<string> reads)
    {
        List<double> pageMs = [];
        List<double> readMs = [];
        byte[] html = [];
        for (var i = -RequestsWarmUp; i < Requests; i++)
        {
            (html, var ms) = await GetAsync(http, page, "text/html", null);
            var all = 0.0;
            foreach (var read in reads)
            {
                (_, var one) = await GetAsync(http, read, "application/json", null);
                all += one;
            }

            if (i >= 0)
            {
                pageMs.Add(ms);
                readMs.Add(all);
            }
        }

        var (packed, _) = await GetAsync(http, page, "text/html", "gzip");
        var script = 0;
        foreach (var path in Scripts().Matches(Encoding.UTF8.GetString(html)).Select(m => m.Groups[1].Value).Distinct())
        {
            script += (await GetAsync(http, path, "*/*", null)).Body.Length;
        }

        var (p50, json) = (Figures.Of(pageMs, 0).P50Ms, Figures.Of(readMs, 0).P50Ms);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name} ({page}): p50 {p50:N1} ms (aim {AimMs}), {html.Length:N0} bytes (aim {AimHtmlBytes:N0}), by gzip {packed.Length:N0}, script {script:N0} (aim {AimScriptBytes:N0}); {p50 / json:N1} times {string.Join(" + ", reads)} at {json:N1} ms (aim {AimTimesJson})"));
    }

    private static async Task<(byte[] Body, double Ms)> GetAsync(HttpClient http, string path, string accept, string? coding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd(accept);
        if (coding is not null)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(coding));
        }

        var began = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request);
        var body = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        return (body, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex Scripts();
}
