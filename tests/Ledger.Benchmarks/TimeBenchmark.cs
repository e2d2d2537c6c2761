using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ledger.Domain;
using Ledger.Server;
using Ledger.Store;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// Measures the cost of reading the past compared with the present, and of a rebuild, on a log and on one of a tenth of its length: the service and the rebuild
/// run as separate processes on one durable cluster. Requests of the compared kinds take turns, so that a change in the speed of the machine
/// affects both.
/// </summary>
internal static partial class TimeBenchmark
{
    private const int Requests = 300;
    private const int WarmUp = 1000;
    private const int ReadsPerSecond = 200;
    private const int LiveEvents = 20_000;
    private const int LiveHotEvents = 2_000;
    private const string Page = "/v1/assertions?label=denied";
    private const string Rebuilt = "AssertionList";

    private static readonly TimeSpan ProjectionMax = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, string> Settings = new() { ["shared_buffers"] = "1GB", ["max_wal_size"] = "4GB", ["max_connections"] = "100" };

    public static async Task RunAsync(int events)
    {
        await using var postgres = await TestPostgres.StartAsync(Settings);
        var small = await MeasureAsync(postgres, events / 10);
        var large = await MeasureAsync(postgres, events);
        foreach (var kind in new[] { "one", "one then", "page", "page early", "page then", "page known" })
        {
            AtMost($"tenfold history, {kind}", large.Ms[kind] / small.Ms[kind], 1.3);
        }

        AtMost($"beside {ReadsPerSecond} reads/s ({large.Read:N0} seen, the rebuild at {large.Beside.PerSecond:N0} events/s): p99 of the reads, ms", large.ReadP99Ms, 50);
        Print($"the running service projected {LiveEvents:N0} more events, {LiveHotEvents:N0} of them on the hot assertion, at {large.LivePerSecond:N0} events/s, all projections at once");
    }

    /// <summary>The part that rebuilds.</summary>
    public static async Task RunRebuildAsync(int events)
    {
        await using var postgres = await TestPostgres.StartAsync(Settings);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await new SampleLog(database).AppendAsync(events, SampleLog.HotEvents);
        await MarkAsync(database, events);
        Print(events, await RebuildAsync(database));
    }

    private static void Print(int events, RebuildRun alone)
    {
        AtLeast($"rebuild of {Rebuilt} from {events:N0} events, indexes included, events/s", alone.PerSecond, 50_000);
        AtMost("its process's memory, MB", alone.PeakMb, 400);
    }

    private static async Task<Measured> MeasureAsync(TestPostgres postgres, int events)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        // Databases of one template have one identity: each needs its own place for the head that its server signed last.
        var folder = Directory.CreateTempSubdirectory("ledger-time-");
        Dictionary<string, string?> settings = new() { ["Ledger:DataDirectory"] = folder.FullName };
        var log = new SampleLog(database);
        var watch = Stopwatch.StartNew();
        await log.AppendAsync(events, SampleLog.HotEvents);
        Say($"{events:N0} events written in {watch.Elapsed.TotalSeconds:N0} s");
        await MarkAsync(database, events);
        var alone = await RebuildAsync(database);
        Print(events, alone);

        Dictionary<string, double> ms;
        RebuildRun beside;
        List<double> reads = [];
        await using (var server = await ServerProcess.ServeAsync(database, settings))
        {
            using var http = new HttpClient { BaseAddress = server.BaseAddress };
            await UntilSignedAsync(http, events);
            ms = await ReadAsync(http, await KindsAsync(database, events));
            PrintReads(events, ms);
            using var stop = new CancellationTokenSource();
            var reading = ReadSteadilyAsync(server.BaseAddress, reads, stop.Token);
            beside = await RebuildAsync(database);
            await stop.CancelAsync();
            await reading;
            await server.KillAsync();
        }

        await log.AppendAsync(LiveEvents, LiveHotEvents);
        var live = await ProjectAsync(database, settings, events);
        folder.Delete(recursive: true);
        Say($"{events:N0} events measured in {watch.Elapsed.TotalSeconds:N0} s");
        return new(ms, beside, reads.Count, Figures.Of(reads, 0).P99Ms, live);
    }

    /// <summary>
    /// Every projection stands at the log's head, with empty tables: what the log holds concerns the list alone, whose rebuild makes its rows.
    /// </summary>
    private static async Task MarkAsync(TestDatabase database, long head)
    {
        await using var store = database.OpenStore();
        await using var mark = store.DataSource.CreateCommand("select ledger.mt_mark_event_progression(name, $2) from unnest($1) name");
        mark.Parameters.Add(new() { Value = LedgerModel.ProgressNames.Append("HighWaterMark").ToArray() });
        mark.Parameters.Add(new() { Value = head });
        await mark.ExecuteNonQueryAsync();
    }

    /// <summary>The command of the service; its last line has the rate over everything, take-over included.</summary>
    private static async Task<RebuildRun> RebuildAsync(TestDatabase database)
    {
        var (exit, output, peak) = await ServerProcess.RunAsync(database, "rebuild", Rebuilt);
        if (exit != 0 || RateLine().Matches(output) is not [.., var last])
        {
            throw new InvalidOperationException($"The rebuild ended with {exit}: {output}");
        }

        await Console.Error.WriteLineAsync(output);
        return new(double.Parse(last.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), peak / 1e6);
    }

    [GeneratedRegex(@"in service: .* events, ([\d,]+)/s")]
    private static partial Regex RateLine();

    private static async Task<IReadOnlyList<(string Name, string Path)>> KindsAsync(TestDatabase database, int events)
    {
        await using var store = database.OpenStore();
        var (tenth, half) = (events / 10, events / 2);
        var known = Uri.EscapeDataString(WireTime.Format(SampleLog.At(half)));
        return
        [
            ("one", $"/v1/assertions/{SampleLog.Cool}"), ("one then", $"/v1/assertions/{SampleLog.Cool}?asOf={await MiddleAsync(store, SampleLog.Cool)}"),
            ("hot", $"/v1/assertions/{SampleLog.Hot}"), ("hot then", $"/v1/assertions/{SampleLog.Hot}?asOf={await MiddleAsync(store, SampleLog.Hot)}"),
            ("page", Page), ("page early", $"{Page}&asOf={tenth}"), ("page then", $"{Page}&asOf={half}"), ("page known", $"{Page}&asOf={events}&knownAt={known}"),
        ];
    }

    private static async Task<long> MiddleAsync(EventStore store, string id)
    {
        var stream = await store.ReadStreamAsync(Ids.AssertionStream(id));
        return stream[stream.Count / 2].Position;
    }

    private static async Task<Dictionary<string, double>> ReadAsync(HttpClient http, IReadOnlyList<(string Name, string Path)> kinds)
    {
        var taken = kinds.ToDictionary(k => k.Name, _ => new List<double>());
        for (var i = 0; i < WarmUp + Requests; i++)
        {
            foreach (var (name, path) in kinds)
            {
                var began = Stopwatch.GetTimestamp();
                await http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
                if (i >= WarmUp)
                {
                    taken[name].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }
        }

        return taken.ToDictionary(t => t.Key, t => Figures.Of(t.Value, 0).P50Ms);
    }

    /// <summary>Reads at a steady pace. A read that had to wait for the one before it is timed from its planned start.</summary>
    private static async Task ReadSteadilyAsync(Uri address, List<double> ms, CancellationToken stopping)
    {
        using var http = new HttpClient { BaseAddress = address };
        var began = Stopwatch.GetTimestamp();
        var pending = new List<Task<double>>();
        for (var n = 0; !stopping.IsCancellationRequested; n++)
        {
            var due = TimeSpan.FromSeconds((double)n / ReadsPerSecond);
            if (due - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, CancellationToken.None);
            }

            pending.Add(OneAsync(due));
        }

        ms.AddRange(await Task.WhenAll(pending));

        async Task<double> OneAsync(TimeSpan due)
        {
            await http.GetByteArrayAsync(new Uri(Page, UriKind.Relative), CancellationToken.None);
            return (Stopwatch.GetElapsedTime(began) - due).TotalMilliseconds;
        }
    }

    /// <summary>How fast a service that starts behind the head of the log catches up, from its first page to its last.</summary>
    private static async Task<double> ProjectAsync(TestDatabase database, IReadOnlyDictionary<string, string?> settings, long from)
    {
        await using var server = await ServerProcess.ServeAsync(database, settings);
        await using var store = database.OpenStore();
        var head = await store.HeadAsync();
        using var timeout = new CancellationTokenSource(ProjectionMax);
        var (began, first) = (0L, from);
        while (true)
        {
            var at = await store.ReadProgressAsync(AssertionListProjection.ProgressName, timeout.Token);
            if (at > from && began == 0)
            {
                (began, first) = (Stopwatch.GetTimestamp(), at);
            }

            if (at >= head)
            {
                return (head - first) / Stopwatch.GetElapsedTime(began).TotalSeconds;
            }

            await Task.Delay(5, timeout.Token);
        }
    }

    private static async Task UntilSignedAsync(HttpClient http, long events)
    {
        using var timeout = new CancellationTokenSource(ProjectionMax);
        while (true)
        {
            using var answer = await http.GetAsync(new Uri("/log/checkpoint", UriKind.Relative), timeout.Token);
            if (answer.IsSuccessStatusCode && long.Parse((await answer.Content.ReadAsStringAsync(timeout.Token)).Split('\n')[1], CultureInfo.InvariantCulture) >= events)
            {
                return;
            }

            await Task.Delay(100, timeout.Token);
        }
    }

    private static void AtMost(string name, double seen, double aim) => Print($"{name}: {seen:N2}, aim at most {aim:N1}: {(seen <= aim ? "reached" : "NOT REACHED")}");

    private static void AtLeast(string name, double seen, double aim) => Print($"{name}: {seen:N0}, aim at least {aim:N0}: {(seen >= aim ? "reached" : "NOT REACHED")}");

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void PrintReads(int events, Dictionary<string, double> ms)
    {
        Print($"{events:N0} events, medians of {Requests} requests in turn, ms: {string.Join(", ", ms.Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Key} {x.Value:N2}")))}");
        AtMost("one assertion, asOf the middle of its life : present", ms["one then"] / ms["one"], 1.3);
        AtMost("filtered page of 50, asOf a tenth of the log : present", ms["page early"] / ms["page"], 1.5);
        AtMost("filtered page of 50, asOf half the log : present", ms["page then"] / ms["page"], 1.5);
        AtMost("the same with knownAt : present", ms["page known"] / ms["page"], 6);
        AtMost($"assertion of {SampleLog.HotEvents:N0} events : one of 10", ms["hot"] / ms["one"], 3);
        AtMost($"assertion of {SampleLog.HotEvents:N0} events, asOf the middle of its life : one of 10", ms["hot then"] / ms["one"], 3);
    }

    private sealed record RebuildRun(double PerSecond, double PeakMb);

    private sealed record Measured(Dictionary<string, double> Ms, RebuildRun Beside, int Read, double ReadP99Ms, double LivePerSecond);
}
