using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class CrashTests
{
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Killing_PostgreSQL_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var postgres = await TestPostgres.StartAsync();
        await using var db = await TestDatabase.CreateAsync(postgres: postgres);
        await using var store = db.OpenStore();
        ConcurrentDictionary<Guid, long> acknowledged = [];
        ConcurrentDictionary<Guid, bool> unknown = [];
        var refused = 0;
        var slowest = TimeSpan.Zero;
        var began = Stopwatch.GetTimestamp();
        var killed = false;
        var acknowledgedAfterwards = false;

        var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) is var elapsed
                && (elapsed < LoadTime || (elapsed < RecoveryMax && !Volatile.Read(ref acknowledgedAfterwards))))
            {
                var request = Some.Request($"s{writer}", events: 2);
                request = writer % 2 == 0 ? request : request with { Key = Some.Key(Guid.CreateVersion7().ToString()) };
                var started = Stopwatch.GetTimestamp();
                var afterKill = Volatile.Read(ref killed);
                try
                {
                    foreach (var e in (await store.AppendedAsync(request)).Events)
                    {
                        acknowledged[e.Id] = e.Position;
                    }

                    if (afterKill)
                    {
                        Volatile.Write(ref acknowledgedAfterwards, true);
                    }
                }
                catch (StoreUnavailableException e)
                {
                    Interlocked.Increment(ref refused);
                    if (!e.OutcomeKnown)
                    {
                        unknown[request.Writes[0].Events[0].Id] = true;
                        unknown[request.Writes[0].Events[1].Id] = true;
                    }

                    await Task.Delay(20);
                }

                var took = Stopwatch.GetElapsedTime(started);
                slowest = took > slowest ? took : slowest;
            }
        })).ToList();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Process.GetProcessById(postgres.ProcessId).Kill();
        Volatile.Write(ref killed, true);
        await Task.WhenAll(writers);

        acknowledgedAfterwards.ShouldBeTrue();
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        var log = await store.ReadLogAsync();
        Log.ShouldBeSound(log);
        var recorded = log.ToDictionary(e => e.Id, e => e.Position);
        foreach (var (id, position) in acknowledged)
        {
            recorded[id].ShouldBe(position);
        }

        // What was refused as not appended is not there.
        recorded.Keys.Except(acknowledged.Keys).ShouldAllBe(id => unknown.ContainsKey(id));
    }
}
