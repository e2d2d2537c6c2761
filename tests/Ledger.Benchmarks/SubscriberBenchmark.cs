using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Server;
using Ledger.Testing;

namespace Ledger.Benchmarks;

/// <summary>The time from a commit to the followers, by SSE and by webhook, with many readers, idle readers and one reader far behind.</summary>
internal static class SubscriberBenchmark
{
    private const int EventsPerSecond = 500;
    private const double P50AimMs = 5;
    private const double P99AimMs = 30;
    private const int IdleReaders = 1_000;
    private const double IdleAimMb = 60;
    private const int Readers = 200;
    private const int ReadEventsPerSecond = 100;
    private const double ReadersBehindAimS = 1;
    private const double CatchUpAim = 30_000;
    private const int CopiedStreams = 100_000;

    /// <summary>A server that was just started compiles its hottest code for about this long, so its figures say nothing about a warm server.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>Longer than the pause between two heartbeats, which are part of what an idle reader costs.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ArrivalMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleMax = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Ledger:Webhooks:AllowHttp"] = "true",
        ["Ledger:Webhooks:AllowedNetworks"] = "127.0.0.0/8",
        ["Ledger:SecretsKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
    };

    public static async Task RunAsync(long events, string only)
    {
        if (only is "" or "live")
        {
            await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
            await LiveAsync(postgres);
        }

        if (only is "" or "catchup")
        {
            await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
            await CatchUpAsync(postgres, events);
        }
    }

    private static async Task LiveAsync(TestPostgres postgres)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var load = await HttpLoad.CreateAsync(database, Settings);
        using var http = Client(load.Server);
        await FollowedAsync(load, http, EventsPerSecond, [new()], WarmUp);
        await StreamedAsync(load, http);
        await PostedAsync(load, http);
        await IdleAsync(load, http);
        await ReadersAsync(load, http);
    }

    private static async Task StreamedAsync(HttpLoad load, HttpClient http)
    {
        var latencies = new Latencies();
        var pace = await FollowedAsync(load, http, EventsPerSecond, [latencies], Duration);
        Say(latencies, $"SSE, {pace:N0} appends/s: commit to receipt");
    }

    private static async Task PostedAsync(HttpLoad load, HttpClient http)
    {
        var latencies = new Latencies();
        await using var endpoint = await WebhookEndpoint.StartAsync(latencies);
        // A subscriber's own key, which may not see what is restricted: that is judged at each delivery, and measured with it.
        var key = JsonElement.Parse(await SendAsync(http, HttpMethod.Post, "/v1/keys", """{"name": "subscriber", "scopes": ["subscribe"]}"""));
        using var subscriber = Client(load.Server, key.GetProperty("secret").GetString()!);
        await SendAsync(subscriber, HttpMethod.Post, "/v1/subscriptions",
            $$"""{"id": "measured", "name": "measured", "delivery": {"kind": "webhook", "url": "{{endpoint.Url}}"}, "from": "now"}""");
        // The first deliveries open the connection and warm both ends.
        await load.RunPacedAsync(EventsPerSecond, WarmUp);
        await endpoint.UntilAsync((int)WarmUp.TotalSeconds * EventsPerSecond, ArrivalMax);
        latencies.Clear();
        var pace = await load.RunPacedAsync(EventsPerSecond, Duration);
        await endpoint.UntilAsync((int)(WarmUp + Duration).TotalSeconds * EventsPerSecond, ArrivalMax);
        Say(latencies, $"webhook, {pace:N0} appends/s: commit to receipt");
        await SendAsync(http, HttpMethod.Delete, "/v1/subscriptions/measured", null);
    }

    private static async Task IdleAsync(HttpLoad load, HttpClient http)
    {
        var head = await HeadAsync(http);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var before = ResidentMb(load.Server);
        var readers = await OpenAsync(http, IdleReaders, head);
        await Task.Delay(Idle);
        var cost = ResidentMb(load.Server) - before;
        readers.ForEach(r => r.Dispose());
        Say(cost < IdleAimMb, $"{IdleReaders:N0} idle SSE readers: {cost:N0} MB of resident memory (before: {before:N0} MB), aim under {IdleAimMb:N0} MB");
    }

    private static async Task ReadersAsync(HttpLoad load, HttpClient http)
    {
        var one = load.Server.ProcessorTime;
        await FollowedAsync(load, http, ReadEventsPerSecond, [new()], Duration);
        var alone = load.Server.ProcessorTime - one;

        var latencies = Enumerable.Range(0, Readers).Select(_ => new Latencies()).ToList();
        var many = load.Server.ProcessorTime;
        var pace = await FollowedAsync(load, http, ReadEventsPerSecond, latencies, Duration);
        var together = load.Server.ProcessorTime - many;
        var slowest = latencies.Max(l => l.Figures().P99Ms);
        var worst = latencies.Max(l => l.MaxMs) / 1_000;
        Say(worst < ReadersBehindAimS, $"{Readers} SSE readers of all of {pace:N0} appends/s: none missed an event or was ever more than {worst:N2} s behind, aim {ReadersBehindAimS:N0} s");
        Print($"  p99 of the slowest reader {slowest:N1} ms; the server used {Share(together)} of a core, with one reader {Share(alone)}");
    }

    private static string Share(TimeSpan used) => (used / Duration).ToString("P0", CultureInfo.InvariantCulture);

    /// <summary>Appends at a pace while readers follow; ends when all have seen the last event. Gives the pace.</summary>
    private static async Task<double> FollowedAsync(HttpLoad load, HttpClient http, int perSecond, List<Latencies> latencies, TimeSpan duration)
    {
        var head = await HeadAsync(http);
        var readers = await OpenAsync(http, latencies.Count, head);
        var last = head + (long)(perSecond * duration.TotalSeconds);
        var reading = readers.Zip(latencies, (reader, own) => Task.Run(() => reader.ReadToAsync(last, own.Take))).ToList();
        var pace = await load.RunPacedAsync(perSecond, duration);
        await Task.WhenAll(reading).WaitAsync(ArrivalMax);
        readers.ForEach(r => r.Dispose());
        return pace;
    }

    private static async Task CatchUpAsync(TestPostgres postgres, long events)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        var filling = Stopwatch.StartNew();
        await LogCopy.FillAsync(database, Copied(events));
        Print($"{events:N0} events copied in {filling.Elapsed.TotalSeconds:N0} s");
        await using var server = await ServerProcess.ServeAsync(database, Settings);
        using var http = Client(server);
        await ReadyAsync(http, events);
        using var reader = await EventStreamReader.OpenAsync(http, 0);
        var processor = server.ProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await reader.ReadToAsync(events);
        var elapsed = Stopwatch.GetElapsedTime(began);
        var rate = events / elapsed.TotalSeconds;
        Say(rate >= CatchUpAim, $"one SSE reader over {events:N0} events: {rate:N0} events/s, aim {CatchUpAim:N0}");
        Print($"  the server used {((server.ProcessorTime - processor) / elapsed).ToString("P0", CultureInfo.InvariantCulture)} of a core");
    }

    /// <summary>Events of a type that no projection folds, so that only the way to the reader is measured.</summary>
    private static IEnumerable<CopiedEvent> Copied(long events)
    {
        for (var n = 0L; n < events; n++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"assertion-a{n % CopiedStreams}"), "assertion", "sample_recorded", SampleEvent.Data,
                ["publisher:gazette", "source:report"]);
        }
    }

    /// <summary>Waits until the projections and the signed head have come to the end of the log, so that nothing else is at work.</summary>
    private static async Task ReadyAsync(HttpClient http, long events)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            using var head = await http.GetAsync(new Uri("/log/checkpoint", UriKind.Relative));
            if (ready.IsSuccessStatusCode && head.IsSuccessStatusCode
                && long.Parse((await head.Content.ReadAsStringAsync()).Split('\n')[1], CultureInfo.InvariantCulture) >= events)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started) > SettleMax)
            {
                throw new TimeoutException($"The server was not ready within {SettleMax}.");
            }

            await Task.Delay(200);
        }
    }

    private static async Task<List<EventStreamReader>> OpenAsync(HttpClient http, int count, long after)
    {
        var readers = new List<EventStreamReader>();
        for (var n = 0; n < count; n++)
        {
            readers.Add(await EventStreamReader.OpenAsync(http, after));
        }

        return readers;
    }

    private static HttpClient Client(ServerProcess server, string key = RunningLedger.AdminKey)
    {
        var http = new HttpClient { BaseAddress = server.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    private static async Task<long> HeadAsync(HttpClient http)
    {
        using var page = await http.GetAsync(new Uri("/v1/events?limit=1", UriKind.Relative));
        return long.Parse(page.EnsureSuccessStatusCode().Headers.GetValues("Ledger-Position").Single(), CultureInfo.InvariantCulture);
    }

    private static async Task<string> SendAsync(HttpClient http, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException(answer);
    }

    private static double ResidentMb(ServerProcess server)
    {
        using var process = Process.GetProcessById(server.ProcessId);
        return process.WorkingSet64 / 1024.0 / 1024.0;
    }

    private static void Say(Latencies latencies, FormattableString what)
    {
        var figures = latencies.Figures();
        Say(figures.P50Ms <= P50AimMs && figures.P99Ms <= P99AimMs,
            $"{what.ToString(CultureInfo.InvariantCulture)} p50 {figures.P50Ms:N1} ms, p99 {figures.P99Ms:N1} ms, worst {latencies.MaxMs:N0} ms, aims {P50AimMs:N0} and {P99AimMs:N0} ms");
    }

    private static void Say(bool reached, FormattableString line) => Print($"{line.ToString(CultureInfo.InvariantCulture)}: {(reached ? "reached" : "NOT REACHED")}");

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
