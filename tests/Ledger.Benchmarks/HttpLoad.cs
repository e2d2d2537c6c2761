using System.Diagnostics;
using System.Globalization;
using Ledger.Testing;

namespace Ledger.Benchmarks;

/// <summary>Denials posted to a server in a process of its own: everything that a client of the ledger waits for.</summary>
internal sealed class HttpLoad : IAsyncDisposable
{
    private const int Claims = 2_048;
    private const int Callers = 32;

    private readonly ServerProcess server;
    private long denials;

    private HttpLoad(ServerProcess server) => this.server = server;

    public ServerProcess Server => server;

    /// <param name="database">Migrated, and empty.</param>
    /// <param name="settings">The server's, beside those that every measured server has.</param>
    public static async Task<HttpLoad> CreateAsync(TestDatabase database, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var load = new HttpLoad(await ServerProcess.ServeAsync(database, settings));
        using (var first = new HttpConnection(load.server.BaseAddress))
        {
            first.Post("/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}""");
            first.Post("/v1/sources", """{"id": "report", "kind": "report", "title": "A report", "publisher": "gazette"}""");
            first.Post("/v1/sources/report/versions", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}""");
        }

        await load.WithCallersAsync((connection, caller) =>
        {
            for (var n = caller; n < Claims; n += Callers)
            {
                connection.Post("/v1/assertions",
                    $$"""{"id": "{{Claim(n)}}", "proposition": "It is so", "source": {"id": "report", "version": 1}, "attribution": []}""");
            }
        });
        return load;
    }

    /// <summary>Denials of different assertions, for a time.</summary>
    public async Task<Figures> RunAsync(TimeSpan duration)
    {
        var stopwatch = Stopwatch.StartNew();
        List<double> latencies = [];
        await WithCallersAsync((connection, caller) =>
        {
            List<double> own = [];
            for (var n = caller; stopwatch.Elapsed < duration; n = (n + Callers) % Claims)
            {
                var began = Stopwatch.GetTimestamp();
                Deny(connection, n);
                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            lock (latencies)
            {
                latencies.AddRange(own);
            }
        });
        return Figures.Of(latencies, latencies.Count / stopwatch.Elapsed.TotalSeconds);
    }

    /// <summary>Denials of different assertions at an even pace that the load keeps. Returns the pace that was reached.</summary>
    public async Task<double> RunPacedAsync(int perSecond, TimeSpan duration)
    {
        var count = (int)(perSecond * duration.TotalSeconds);
        var stopwatch = Stopwatch.StartNew();
        await WithCallersAsync((connection, caller) =>
        {
            for (var n = caller; n < count; n += Callers)
            {
                var early = TimeSpan.FromSeconds((double)n / perSecond) - stopwatch.Elapsed;
                if (early > TimeSpan.Zero)
                {
                    Thread.Sleep(early);
                }

                Deny(connection, n % Claims);
            }
        });
        return count / stopwatch.Elapsed.TotalSeconds;
    }

    /// <summary>How long a number of denials takes, of one assertion or of as many different ones.</summary>
    public async Task<TimeSpan> TimeAsync(int count, bool ofOne)
    {
        var next = -1;
        var stopwatch = Stopwatch.StartNew();
        await WithCallersAsync((connection, _) =>
        {
            while (Interlocked.Increment(ref next) is var n && n < count)
            {
                Deny(connection, ofOne ? 0 : n);
            }
        });
        return stopwatch.Elapsed;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static string Claim(int n) => $"claim{n.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>No two denials are alike, so that each appends; about the 600 bytes of the other loads are stored.</summary>
    private void Deny(HttpConnection connection, int n) => connection.Post($"/v1/assertions/{Claim(n)}/denials", string.Create(CultureInfo.InvariantCulture,
        $$"""{"party": "gazette", "statement": "{{SampleEvent.Text}} {{Interlocked.Increment(ref denials)}}", "contests": "whole", "citation": "https://example.org/denial"}"""));

    private Task WithCallersAsync(Action<HttpConnection, int> run) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
            () =>
            {
                using var connection = new HttpConnection(server.BaseAddress);
                run(connection, caller);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
}
