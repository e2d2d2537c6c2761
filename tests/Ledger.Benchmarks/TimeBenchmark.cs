using System.Diagnostics;
using System.Globalization;
using Ledger.Domain;
using Ledger.Server;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Benchmarks;

/// <summary>
/// What the past costs beside the present, over HTTP on one durable cluster, on a log and on one of a tenth of its length. Requests of the
/// kinds that are compared take turns, so that a machine that drifts drifts for both.
/// </summary>
internal static class TimeBenchmark
{
    private const int HotEventsMax = 10_000;
    private const int Requests = 300;
    private const int WarmUp = 30;
    private const string Cool = "cool";

    private static readonly Dictionary<string, string> Settings = new() { ["shared_buffers"] = "512MB", ["max_wal_size"] = "4GB", ["max_connections"] = "100" };

    public static async Task RunAsync(int events)
    {
        await using var postgres = await TestPostgres.StartAsync(Settings);
        var small = await MeasureAsync(postgres, events / 10);
        var large = await MeasureAsync(postgres, events);
        Console.WriteLine($"ratios at {events:N0} events (at a tenth of them), medians of {Requests} requests in turn");
        Ratio("one assertion, asOf the middle of its life : present", "1.3", m => m.OneThen / m.OneNow);
        Ratio("filtered page of 50, asOf half the log : present", "1.5", m => m.ListThen / m.ListNow);
        Ratio("the same with knownAt : present", "6", m => m.ListKnown / m.ListNow);
        Ratio($"assertion of {Math.Min(HotEventsMax, events / 10):N0} events : one of 10", "3", m => m.HotNow / m.OneNow);
        foreach (var (name, of) in new (string, Func<Medians, double>)[] { ("one, present", m => m.OneNow), ("one, asOf", m => m.OneThen), ("page, present", m => m.ListNow), ("page, asOf", m => m.ListThen), ("page, asOf and knownAt", m => m.ListKnown) })
        {
            Print($"tenfold history, {name}: {of(small):N2} ms to {of(large):N2} ms, ratio {of(large) / of(small):N2} (limit 1.3)");
        }

        void Ratio(string name, string limit, Func<Medians, double> of) => Print($"{name}: {of(large):N2} ({of(small):N2}), limit {limit}");
    }

    private static async Task<Medians> MeasureAsync(TestPostgres postgres, int events)
    {
        await using var database = await TestDatabase.CreateAsync(sources: LedgerDatabase.Migrations, postgres: postgres);
        await FillAsync(database, events);
        await using var ledger = await RunningLedger.StartAsync(database, new Dictionary<string, string?> { ["Ledger:ProjectionWaitMs"] = "600000" });
        var watch = Stopwatch.StartNew();
        await ledger.Public.GetStringAsync(new Uri($"/v1/assertions?minPosition={events}&limit=1", UriKind.Relative));
        Print($"{events:N0} events: the running service projected them at {events / watch.Elapsed.TotalSeconds:N0}/s (indexes in place, all projections at once)");
        await RebuildAsync(ledger, events);

        var half = events / 2;
        var known = Uri.EscapeDataString(WireTime.Format(At(half)));
        var middle = await MiddleOfLifeAsync(ledger, Cool);
        var kinds = new[]
        {
            $"/v1/assertions/{Cool}", $"/v1/assertions/{Cool}?asOf={middle}", "/v1/assertions/hot",
            "/v1/assertions?label=denied", $"/v1/assertions?label=denied&asOf={half}", $"/v1/assertions?label=denied&asOf={events}&knownAt={known}",
        };
        var taken = kinds.Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < WarmUp + Requests; i++)
        {
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                watch.Restart();
                await ledger.Public.GetByteArrayAsync(new Uri(kinds[kind], UriKind.Relative));
                if (i >= WarmUp)
                {
                    taken[kind].Add(watch.Elapsed.TotalMilliseconds);
                }
            }
        }

        var medians = taken.Select(t => Figures.Of(t, 0).P50Ms).ToArray();
        return new(medians[0], medians[1], medians[2], medians[3], medians[4], medians[5]);
    }

    private static async Task RebuildAsync(RunningLedger ledger, int events)
    {
        var store = ledger.Services.GetRequiredService<EventStore>();
        using var stop = new CancellationTokenSource();
        var reads = new List<double>();
        var reading = Task.Run(async () =>
        {
            // Some 200 reads a second beside it.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (!stop.IsCancellationRequested)
            {
                await pace.WaitForNextTickAsync(CancellationToken.None);
                var one = Stopwatch.GetTimestamp();
                await ledger.Public.GetByteArrayAsync(new Uri("/v1/assertions?label=denied", UriKind.Relative));
                reads.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
            }
        });
        var folding = 0.0;
        var watch = Stopwatch.StartNew();
        await new ProjectionRebuild(store, "AssertionList").RebuildAsync(p => folding = p.Doing == "folding" ? p.EventsPerSecond : folding, CancellationToken.None);
        var rate = events / watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await reading;
        var latency = Figures.Of(reads, 0);
        using var process = Process.GetCurrentProcess();
        Print($"{events:N0} events: rebuilt at {rate:N0}/s, indexes included ({folding:N0}/s without); {reads.Count} reads beside it, p50 {latency.P50Ms:N1} ms, p99 {latency.P99Ms:N1} ms; peak memory of this process {process.PeakWorkingSet64 / 1_000_000} MB");
    }

    private static async Task<long> MiddleOfLifeAsync(RunningLedger ledger, string id)
    {
        var store = ledger.Services.GetRequiredService<EventStore>();
        var stream = await store.ReadStreamAsync(Ids.AssertionStream(id));
        return stream[stream.Count / 2].Position;
    }

    /// <summary>Ten events an assertion on average, skewed; one hot assertion has a tenth of a short log; one in twenty is recorded late.</summary>
    private static async Task FillAsync(TestDatabase database, int events)
    {
        await using var store = database.OpenStore();
        var random = new Random(5);
        var assertions = events / 10;
        var hotShare = (double)Math.Min(HotEventsMax, events / 10) / events;
        var started = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<Task>();
        for (var position = 1; position <= events; position++)
        {
            var id = position % (events / 10) == 5 ? Cool : random.NextDouble() < hotShare ? "hot" : $"a{(int)(assertions * Math.Pow(random.NextDouble(), 2))}";
            var late = random.NextDouble() < 0.05;
            var e = (started.Add(id) ? Claim(id) : Later(random)) with { PublishedAt = Stated(At(late ? position - (long)(random.NextDouble() * 0.3 * position) : position)) };
            NewEvent stored = new(Guid.CreateVersion7(), EventTypes.NameOf(e), EventTypes.Serialize(e), new() { RecordedBy = "benchmark" });
            pending.Enqueue(store.AppendAsync(new([new(Ids.AssertionStream(id), "assertion", null, [stored])])));
            if (pending.Count > 256)
            {
                await pending.Dequeue();
            }
        }

        await Task.WhenAll(pending);
    }

    private static ClaimRecorded Claim(string id) => new()
    {
        Proposition = $"It is stated of {id} that a number of permits was given out by the ministry.", Source = new("report", 1), Publisher = "gazette",
        Attribution = [new("ministry")], Topics = ["permits"],
    };

    /// <summary>Half of what follows is a denial or its like, so that labels come and go.</summary>
    private static LedgerEvent Later(Random random) => random.Next(4) switch
    {
        0 => new DenialRecorded { Party = $"p{random.Next(5)}", Statement = "It is not so.", Citation = "a letter" },
        1 => new ConcernExpressed { Notice = new("n", "Under doubt."), Publisher = "gazette", Reason = "doubt", Citation = "page 2" },
        2 => new PositionRecorded { Party = $"p{random.Next(5)}", Stance = Stance.Disputes, Statement = "Hardly so.", Citation = "a letter" },
        _ => new EntryAmended { Field = "language", Reason = "clerical" },
    };

    private static DateTimeOffset At(long position) => new DateTimeOffset(2018, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(position);

    private static StatedTime Stated(DateTimeOffset at) => StatedTime.Resolve(new(WireTime.Format(at)), TimeZoneInfo.Utc)!;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Medians(double OneNow, double OneThen, double HotNow, double ListNow, double ListThen, double ListKnown);
}
