using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Server;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// What issue 5 asks for, over HTTP, from a server in a process of its own on a durable cluster: a plain import with every projection following,
/// graphs of three hops in a large graph, and changes of one assertion that a thousand others took over.
/// </summary>
internal static class ProvenanceBenchmark
{
    private const int ImportAim = 10_000;
    private const int GraphAimMs = 20;
    private const int PropagationAimMs = 1_000;
    private const int Graphs = 300;
    private const int Changes = 5;
    private const int CommandsBetweenReports = 20_000;

    /// <summary>Before the JIT has compiled the path, the figures say nothing about a graph or an import. The figures of a cold process are printed beside them.</summary>
    private const int GraphsWarmUp = 50;
    private const int CommandsWarmUp = 40_000;

    /// <summary>An odd number, for the median: the speed of the machine changes by a few percent from minute to minute.</summary>
    private const int ImportRounds = 3;

    private static readonly TimeSpan SettleMax = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int commands, int claims)
    {
        await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var server = await ServerProcess.ServeAsync(database);
        await using var log = NpgsqlDataSource.Create(database.OwnerConnectionString);
        using var http = new HttpClient { BaseAddress = server.BaseAddress, Timeout = SettleMax };
        http.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);

        var cold = await ImportAsync(http, log, ProvenanceLines.Plain(0, CommandsWarmUp));
        Say($"import into a server that was just started, {cold.Commands} commands: {cold.PerSecond:N0}/s");
        List<Imported> rounds = [];
        var processor = server.ProcessorTime;
        for (var round = 0; round < ImportRounds; round++)
        {
            var plain = await ImportAsync(http, log, ProvenanceLines.Plain(CommandsWarmUp + (round * commands), commands));
            Say($"import of {plain.Commands} commands ({plain.Events} events): {plain.PerSecond:N0}/s; slowest projection {plain.BehindEvents} events behind at the last answer, at the head {plain.FollowedAfterS:N1} s later: {plain.PerSecondFollowed:N0}/s with all at the head");
            rounds.Add(plain);
        }

        processor = server.ProcessorTime - processor;
        var median = rounds.Select(r => r.PerSecondFollowed).Order().ElementAt(ImportRounds / 2);
        Say($"median of the {ImportRounds} imports, one after another into the same ledger, with all at the head: {median:N0}/s, {Against(median >= ImportAim)} (aim {ImportAim}/s or more); the server used {processor.TotalMicroseconds / rounds.Sum(r => r.Commands):N0} us of the processors a command");
        if (claims == 0)
        {
            return;
        }

        var graph = await ImportAsync(http, log, ProvenanceLines.Graph(claims));
        Say($"import of the graph, {claims} claims with {claims * ProvenanceLines.LinksPerClaim} links: {graph.PerSecond:N0} commands/s, {graph.Events / graph.Seconds:N0} events/s; projections at the head {graph.FollowedAfterS:N1} s later");
        await GraphsAsync(http, claims);
        await ChangesAsync(http);
    }

    private static async Task GraphsAsync(HttpClient http, int claims)
    {
        var random = new Random(1);
        List<double> latencies = [];
        var (edges, bytes) = (0, 0L);
        for (var i = -GraphsWarmUp; i < Graphs; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var graph = await http.GetByteArrayAsync(new Uri($"/v1/assertions/c{random.Next(claims)}/provenance?depth=3&direction=both", UriKind.Relative));
            var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (i >= 0)
            {
                latencies.Add(elapsed);
                edges += JsonElement.Parse(graph).GetProperty("edges").GetArrayLength();
                bytes += graph.Length;
            }
        }

        var figures = Figures.Of(latencies, 0);
        Say($"graph of 3 hops both ways ({edges / Graphs} edges, {bytes / Graphs / 1000} kB on average): p50 {figures.P50Ms:N1} ms, p99 {figures.P99Ms:N1} ms, {Against(figures.P50Ms < GraphAimMs)} (aim: p50 under {GraphAimMs} ms)");
    }

    private static async Task ChangesAsync(HttpClient http)
    {
        List<double> latencies = [];
        for (var i = 0; i < Changes; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var body = new StringContent(
                $$"""{"publisher": "gazette", "text": "made up, {{i}}", "citation": "made up", "reason": "made up"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/v1/assertions/hub/concerns", UriKind.Relative), body);
            var text = await answer.Content.ReadAsStringAsync();
            var cause = answer.StatusCode == HttpStatusCode.Created ? JsonElement.Parse(text).GetProperty("position").GetInt64() : throw new InvalidOperationException(text);
            long head;
            do
            {
                var page = await http.GetByteArrayAsync(new Uri($"/v1/events?after={cause + ProvenanceLines.Derived - 1}&limit=1&wait=5s", UriKind.Relative));
                head = JsonElement.Parse(page).GetProperty("head").GetInt64();
            }
            while (head < cause + ProvenanceLines.Derived);
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Say($"a change with {ProvenanceLines.Derived} derived assertions, {Changes} times: all told after {latencies.Max():N0} ms at most, {Against(latencies.Max() <= PropagationAimMs)} (aim {PropagationAimMs} ms); each {string.Join(", ", latencies.Select(l => l.ToString("N0", CultureInfo.InvariantCulture)))}");
    }

    /// <summary>Sends the lines as they are made, reads the answers as they stream back, and waits until every projection has what they made.</summary>
    internal static async Task<Imported> ImportAsync(HttpClient http, NpgsqlDataSource log, IEnumerable<string> lines)
    {
        var (before, _) = await ProgressAsync(log);
        var stopwatch = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/import") { Content = new LinesContent(lines) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var commands = 0;
        var reported = TimeSpan.Zero;
        for (; await reader.ReadLineAsync() is { } line; commands++)
        {
            if (!line.Contains("\"status\":201", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"A line was not recorded: {line}");
            }

            if ((commands + 1) % CommandsBetweenReports == 0)
            {
                await Console.Error.WriteLineAsync($"{commands + 1} commands answered, the last {CommandsBetweenReports} at {CommandsBetweenReports / (stopwatch.Elapsed - reported).TotalSeconds:N0}/s");
                reported = stopwatch.Elapsed;
            }
        }

        var answered = stopwatch.Elapsed;
        var (head, slowest) = await ProgressAsync(log);
        var behind = head - slowest;
        await Console.Error.WriteLineAsync($"{commands} commands answered after {answered.TotalSeconds:N1} s, the slowest projection {behind} events behind");
        while (slowest < head)
        {
            await Task.Delay(20);
            (head, slowest) = stopwatch.Elapsed - answered < SettleMax
                ? await ProgressAsync(log)
                : throw new TimeoutException($"A projection stands at {slowest}, the log at {head}.");
        }

        return new(commands, head - before, answered.TotalSeconds, behind, (stopwatch.Elapsed - answered).TotalSeconds);
    }

    /// <summary>The head of the log, and where the slowest of all that follow it stands.</summary>
    internal static async Task<(long Head, long Slowest)> ProgressAsync(NpgsqlDataSource log)
    {
        await using var command = log.CreateCommand("""
            select coalesce((select max(seq_id) from ledger.mt_events), 0), coalesce((
              select min(last_seq_id) from ledger.mt_event_progression where name not like 'HighWater%'), 0)
            """);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static string Against(bool reached) => reached ? "reached" : "NOT REACHED";

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>What an import gave.</summary>
    internal sealed record Imported(int Commands, long Events, double Seconds, long BehindEvents, double FollowedAfterS)
    {
        public double PerSecond => Commands / Seconds;

        public double PerSecondFollowed => Commands / (Seconds + FollowedAfterS);
    }

    private sealed class LinesContent(IEnumerable<string> lines) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var writer = new StreamWriter(stream, bufferSize: 64 * 1024, leaveOpen: true);
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
