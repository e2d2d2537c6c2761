using System.Diagnostics;
using System.Globalization;
using Ledger.Store;
using Ledger.Testing;

namespace Ledger.Benchmarks;

/// <summary>The store in this process, with all its guarantees on: a key, a version check and a salt for every append.</summary>
internal sealed class EngineLoad(EventStore store) : ILoad, IAsyncDisposable
{
    public const int ExistingStreams = 10_000;

    private static readonly EventHeaders Headers = new() { RecordedBy = "benchmark" };
    private readonly long[] versions = new long[ExistingStreams];
    private long streamsBegun;

    public string Name => "engine";

    public static async Task<EngineLoad> CreateAsync(TestDatabase database)
    {
        var load = new EngineLoad(database.OpenStore());
        await Task.WhenAll(Enumerable.Range(0, ExistingStreams).Chunk(1_000).Select(async chunk =>
        {
            foreach (var n in chunk)
            {
                await load.AppendAsync(StreamName(n), 0);
                load.versions[n] = 1;
            }
        }));
        return load;
    }

    public async Task<Figures> RunAsync(int callers, Streams streams, TimeSpan duration)
    {
        var stopwatch = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            List<double> own = [];
            for (var n = caller; stopwatch.Elapsed < duration; n = (n + callers) % (ExistingStreams / callers * callers))
            {
                var began = Stopwatch.GetTimestamp();
                if (streams is Streams.New)
                {
                    await AppendNewAsync();
                }
                else
                {
                    // No other caller of this run comes to this stream, so that each knows the version to expect.
                    await AppendAsync(StreamName(n), versions[n]);
                    versions[n]++;
                }

                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return own;
        })));
        var elapsed = stopwatch.Elapsed;
        List<double> all = [.. latencies.SelectMany(l => l)];
        return Figures.Of(all, all.Count / elapsed.TotalSeconds);
    }

    public Task<long> HeadAsync() => store.HeadAsync();

    /// <summary>Begins a stream; the position of its event.</summary>
    public Task<long> AppendNewAsync() => AppendAsync($"new-{Interlocked.Increment(ref streamsBegun)}", 0);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static string StreamName(int n) => $"existing-{n.ToString(CultureInfo.InvariantCulture)}";

    private async Task<long> AppendAsync(string stream, long expectedVersion)
    {
        var id = Guid.CreateVersion7();
        var request = new AppendRequest([new(stream, "assertion", expectedVersion, [new(id, "claim_recorded", SampleEvent.Data, Headers)])])
        {
            Key = new("benchmark", id.ToString(), id.ToByteArray()),
        };
        return await store.AppendAsync(request) is AppendResult.Appended { Replayed: false, Events: [var appended] }
            ? appended.Position
            : throw new InvalidOperationException($"The append to {stream} was refused.");
    }
}
