using System.Collections.Concurrent;
using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class ConcurrentWritersTests
{
    private const int Writers = 32;
    private const int Commands = 10_000;
    private const int SharedStreams = 8;

    [Fact]
    public async Task Thirty_two_writers_on_two_nodes_leave_no_gap_and_lose_no_race_silently()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var one = db.OpenStore();
        await using var other = db.OpenStore();
        ConcurrentBag<EventPosition> acknowledged = [];
        var conflicts = 0;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var store = writer % 2 == 0 ? one : other;
            var known = new long[SharedStreams];
            for (var n = 0; n < Commands / Writers; n++)
            {
                // Half to a stream of the writer's own, half to one that all share, with two events now and then.
                var shared = (n + writer) % SharedStreams;
                var request = n % 2 == 0
                    ? Some.Request($"own-{writer}", expected: n / 2)
                    : new AppendRequest([Some.Write($"shared-{shared}", known[shared], events: 1 + (n % 3 / 2))]);
                var result = await store.AppendAsync(request);
                while (result is AppendResult.VersionConflict conflict)
                {
                    Interlocked.Increment(ref conflicts);
                    conflict.Stream.ShouldStartWith("shared-");
                    conflict.ActualVersion.ShouldBeGreaterThan(known[shared]);
                    known[shared] = conflict.ActualVersion;
                    request = request with { Writes = [request.Writes[0] with { ExpectedVersion = known[shared] }] };
                    result = await store.AppendAsync(request);
                }

                foreach (var position in result.ShouldBeOfType<AppendResult.Appended>().Events)
                {
                    acknowledged.Add(position);
                    if (n % 2 == 1)
                    {
                        known[shared] = position.Version;
                    }
                }
            }
        })));

        var log = await one.ReadLogAsync();
        Log.ShouldBeSound(log);
        log.Count.ShouldBeGreaterThan(Writers * (Commands / Writers));
        log.Select(e => new EventPosition(e.Id, e.Stream, e.Version, e.Position, e.Type, e.RecordedAt))
            .ShouldBe(acknowledged.OrderBy(p => p.Position));
        conflicts.ShouldBeGreaterThan(0);
    }
}
