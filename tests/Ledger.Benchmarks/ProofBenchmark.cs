using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ledger.Cli;
using Ledger.Server;
using Ledger.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.Benchmarks;

/// <summary>What signing costs the append, how far it lags, and what a receipt and the verification of the whole log cost.</summary>
internal static class ProofBenchmark
{
    private const int Callers = 32;
    private const int PacedPerSecond = 3_000;
    private const int Receipts = 1_000;

    private static readonly TimeSpan PacedFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromMinutes(30);

    public static async Task RunAsync(long events, TimeSpan duration, int rounds)
    {
        var directory = Directory.CreateTempSubdirectory("ledger-proof-");
        try
        {
            await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
            await using (var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres))
            {
                await using var load = await EngineLoad.CreateAsync(database);
                await BesideAppendsAsync(database, load, directory.FullName, duration, rounds);
            }

            await using var copied = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
            await LogCopy.FillAsync(copied, Copied(events));
            await OverHttpAsync(copied, events, directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Events of a type that no projection folds, each in a stream of its own, so that only what reads the whole log is measured.</summary>
    private static IEnumerable<CopiedEvent> Copied(long events)
    {
        for (var n = 1L; n <= events; n++)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"assertion-a{n}"), "assertion", "benchmark_recorded", SampleEvent.Data, []);
        }
    }

    private static async Task BesideAppendsAsync(TestDatabase database, EngineLoad load, string directory, TimeSpan duration, int rounds)
    {
        var (without, with) = (new List<Figures>(), new List<Figures>());
        for (var round = 1; round <= rounds; round++)
        {
            without.Add(await load.RunAsync(Callers, Streams.New, duration));
            await using var signing = await Signing.StartAsync(database, directory);
            await signing.UntilAsync(await load.HeadAsync());
            with.Add(await load.RunAsync(Callers, Streams.New, duration));
            await Console.Error.WriteLineAsync($"proof round {round} of {rounds}");
        }

        var (alone, beside) = (Figures.Median(without), Figures.Median(with));
        var kept = beside.PerSecond / alone.PerSecond;
        Print($"Appends a second, {Callers} callers: {beside.PerSecond:N0} with signing, {alone.PerSecond:N0} without: {kept:N2} times (aim 0.8: {Word(kept >= 0.8)})");

        await using var paced = await Signing.StartAsync(database, directory);
        await paced.UntilAsync(await load.HeadAsync());
        var lag = await paced.LagAsync(load);
        Print($"Lag of the signed head at {lag.PerSecond:N0} appends a second: p50 {lag.P50Ms:N0} ms, p99 {lag.P99Ms:N0} ms (aim under 200 ms at {PacedPerSecond:N0}: {Word(lag.P99Ms < 200 && lag.PerSecond > 0.98 * PacedPerSecond)})");
    }

    private static async Task OverHttpAsync(TestDatabase database, long events, string directory)
    {
        await using var server = await ServerProcess.ServeAsync(database);
        using var http = new HttpClient { BaseAddress = server.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
        var started = Stopwatch.GetTimestamp();
        while (await SignedAsync(http) < events)
        {
            if (Stopwatch.GetElapsedTime(started) > CatchUpMax)
            {
                throw new TimeoutException($"The log of {events} events was not signed within {CatchUpMax.TotalMinutes} minutes.");
            }

            await Task.Delay(100);
        }

        Print($"A new tree over {events:N0} events: {events / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} events a second");
        while (!(await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
        {
            await Task.Delay(100);
        }

        var random = new Random(1);
        List<double> latencies = [];
        for (var n = 0; n < Receipts; n++)
        {
            var began = Stopwatch.GetTimestamp();
            _ = await http.GetByteArrayAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/proofs/{random.NextInt64(1, events + 1)}"), UriKind.Relative));
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var receipt = Figures.Of(latencies, 0);
        Print($"A receipt over HTTP: p50 {receipt.P50Ms:N2} ms, p99 {receipt.P99Ms:N2} ms (aim under 5 ms at the median: {Word(receipt.P50Ms < 5)})");

        var verifying = Stopwatch.GetTimestamp();
        await using var said = new StringWriter();
        var exit = await LedgerCommand.RunAsync(["verify", server.BaseAddress.ToString(), "--key", RunningLedger.AdminKey, "--state", directory, "--json"], said);
        var seconds = Stopwatch.GetElapsedTime(verifying).TotalSeconds;
        Print($"ledger verify of {events:N0} events: {seconds:N1} s (aim under 60 s for a million: {Word(exit == 0 && seconds * 1_000_000 / events < 60)}), exit code {exit}");
    }

    /// <summary>The size in the newest signed head; 0 before the first.</summary>
    private static async Task<long> SignedAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/log/checkpoint", UriKind.Relative));
        return answer.IsSuccessStatusCode
            ? long.Parse((await answer.Content.ReadAsStringAsync()).Split('\n')[1], CultureInfo.InvariantCulture)
            : 0;
    }

    private static string Word(bool reached) => reached ? "reached" : "NOT reached";

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The signer alone, in this process.</summary>
    private sealed class Signing : IAsyncDisposable
    {
        private readonly Store.EventStore store;
        private readonly Erasures erasures;
        private readonly LogKey key;
        private readonly Integrator integrator;

        private Signing(TestDatabase database, string directory)
        {
            var settings = new LedgerSettings { DataDirectory = directory, Uri = "https://benchmark.example" };
            store = database.OpenStore();
            erasures = new(store);
            key = LogKey.Load(settings, new(settings.Uri));
            integrator = new(store, key, erasures, settings, TimeProvider.System, NullLogger<Integrator>.Instance);
        }

        public static async Task<Signing> StartAsync(TestDatabase database, string directory)
        {
            var signing = new Signing(database, directory);
            await signing.integrator.StartAsync(CancellationToken.None);
            return signing;
        }

        public async Task UntilAsync(long position)
        {
            while (integrator.Status.Size < position)
            {
                if (integrator.Status.State == ProofState.Refused)
                {
                    throw new InvalidOperationException(integrator.Status.Detail);
                }

                await Task.Delay(10);
            }
        }

        /// <summary>Appends at an even pace, and for each event how long it took from its acknowledgement to a signed head that covers it.</summary>
        public async Task<Figures> LagAsync(EngineLoad load)
        {
            var acknowledged = new ConcurrentQueue<(long Position, long At)>();
            List<double> lags = [];
            using var done = new CancellationTokenSource();
            var watch = Task.Run(async () =>
            {
                while (!done.IsCancellationRequested || !acknowledged.IsEmpty)
                {
                    var size = integrator.Status.Size;
                    while (acknowledged.TryPeek(out var next) && next.Position <= size && acknowledged.TryDequeue(out next))
                    {
                        lags.Add(Stopwatch.GetElapsedTime(next.At).TotalMilliseconds);
                    }

                    await Task.Delay(1);
                }
            });
            var started = Stopwatch.GetTimestamp();
            List<Task> appends = [];
            while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < PacedFor)
            {
                for (var due = elapsed.TotalSeconds * PacedPerSecond; appends.Count < due;)
                {
                    appends.Add(AppendAsync());
                }

                await Task.Delay(5);
            }

            await Task.WhenAll(appends);
            var perSecond = appends.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            await done.CancelAsync();
            await watch;
            return Figures.Of(lags, perSecond);

            async Task AppendAsync()
            {
                var position = await load.AppendNewAsync();
                acknowledged.Enqueue((position, Stopwatch.GetTimestamp()));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await integrator.StopAsync(CancellationToken.None);
            integrator.Dispose();
            key.Dispose();
            erasures.Dispose();
            await store.DisposeAsync();
        }
    }
}
