using System.Collections.Concurrent;
using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class ResolveTests : IAsyncLifetime
{
    private TestDatabase db = null!;
    private EventStore one = null!;
    private EventStore other = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        one = db.OpenStore();
        other = db.OpenStore();
    }

    public async Task DisposeAsync()
    {
        await one.DisposeAsync();
        await other.DisposeAsync();
        await db.DisposeAsync();
    }

    [Fact]
    public async Task A_moment_is_resolved_to_the_last_event_recorded_by_then()
    {
        for (var n = 0; n < 9; n++)
        {
            await one.AppendedAsync(Some.Request("s", events: 1 + (n % 3)));
        }

        var log = await one.ReadLogAsync();
        (await one.ResolveAsync(DateTimeOffset.UnixEpoch)).ShouldBe(0);
        (await one.ResolveAsync(log[0].RecordedAt.AddMicroseconds(-1))).ShouldBe(0);
        foreach (var e in log)
        {
            (await one.ResolveAsync(e.RecordedAt)).ShouldBe(e.Position);
            (await one.ResolveAsync(e.RecordedAt.AddMicroseconds(-1))).ShouldBe(e.Position - 1);
        }
    }

    [Fact]
    public async Task A_moment_that_has_not_come_is_not_resolved()
    {
        (await one.ResolveAsync(TimeProvider.System.GetUtcNow().AddMinutes(1))).ShouldBeNull();
        (await one.ResolveAsync(TimeProvider.System.GetUtcNow().AddMinutes(-1))).ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_given_while_both_nodes_append_never_changes()
    {
        ConcurrentBag<(DateTimeOffset At, long Position)> answers = [];
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await (w % 2 == 0 ? one : other).AppendedAsync(Some.Request($"s{w}", events: 3));
            }
        }));
        var askers = Enumerable.Range(0, 4).Select(a => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                // The newest possible moment: at the edge of what is being committed.
                var at = TimeProvider.System.GetUtcNow().AddMicroseconds(-Random.Shared.Next(0, 3_000));
                if (await (a % 2 == 0 ? other : one).ResolveAsync(at) is { } position)
                {
                    answers.Add((at, position));
                }
            }
        }));
        await Task.WhenAll([.. writers, .. askers]);

        var log = await one.ReadLogAsync();
        answers.Count.ShouldBeGreaterThan(50);
        foreach (var (at, position) in answers)
        {
            position.ShouldBe(log.FindLast(e => e.RecordedAt <= at)?.Position ?? 0);
        }
    }
}
