using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.Configuration;
using Xunit.Abstractions;

namespace Ledger.Server.Tests;

/// <summary>Two servers on one database: each projection runs on one of them, and on the other when that one is gone.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    /// <summary>
    /// How long the other stays paused, in seconds. Set it for the long form (60), which runs alone on the machine and
    /// holds the promise of ten seconds; among the other tests a node only has to be replaced.
    /// </summary>
    private static readonly int? LongPauseS =
        int.TryParse(Environment.GetEnvironmentVariable("LEDGER_PAUSE_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static readonly TimeSpan TakeoverMax = TimeSpan.FromSeconds(LongPauseS is null ? 240 : 10);

    /// <summary>Between histories that are written, so that two cores which other tests share can keep up.</summary>
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan PauseTime = TimeSpan.FromSeconds(LongPauseS ?? 15);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_takes_over_the_work_of_a_killed_or_paused_node_and_nothing_is_lost_or_applied_twice(bool paused)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await ServerProcess.ServeAsync(database);
        await using var other = await ServerProcess.ServeAsync(database);
        await using var store = database.OpenStore();
        await AppendAsync(store, 1);
        await UntilAsync(async () => (await RunsAsync(one)).Count + (await RunsAsync(other)).Count == LedgerModel.ProgressNames.Count, TakeoverMax);
        (await RunsAsync(one)).Intersect(await RunsAsync(other)).ShouldBeEmpty();

        var (leader, survivor) = (await RunsAsync(one)).Contains(AssertionListProjection.ProgressName) ? (one, other) : (other, one);
        using var enough = new CancellationTokenSource();
        var writing = WriteAsync(store, enough.Token);
        var began = Stopwatch.GetTimestamp();
        if (paused)
        {
            leader.Pause();
        }
        else
        {
            await leader.KillAsync();
        }

        await UntilAsync(async () => (await RunsAsync(survivor)).Count == LedgerModel.ProgressNames.Count, TakeoverMax);
        output.WriteLine($"The other node runs every projection after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s.");
        var head = await store.HeadAsync();
        await UntilAsync(async () => await store.ReadProgressAsync(AssertionListProjection.ProgressName) >= head, TakeoverMax);
        if (paused)
        {
            var left = PauseTime - Stopwatch.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            leader.Resume();
            await UntilAsync(async () => (await RunsAsync(leader)).Count == 0, TakeoverMax);
        }

        await enough.CancelAsync();
        await writing;
        await VerifyAsync(database);
        (await RunsAsync(survivor)).Count.ShouldBe(LedgerModel.ProgressNames.Count);
    }

    private static async Task VerifyAsync(TestDatabase database)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Ledger"] = database.ServiceConnectionString,
            ["ConnectionStrings:LedgerOwner"] = database.OwnerConnectionString,
        }).Build();
        await using var opened = await LedgerDatabase.OpenAsync(LedgerSettings.From(configuration), attach: true, _ => { }, CancellationToken.None);
        foreach (var name in LedgerModel.Rebuildable(opened.Store, ReadModels.Schema).Select(p => p.Name))
        {
            (await new ProjectionRebuild(opened, name).VerifyAsync(_ => { }, CancellationToken.None)).ShouldBeNull();
        }
    }

    /// <summary>The projections that a node says it runs.</summary>
    private static async Task<HashSet<string>> RunsAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.BaseAddress, Timeout = TimeSpan.FromSeconds(5) };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var projections = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("projections");
        return [.. projections.EnumerateObject().Where(p => p.Value.GetProperty("state").GetString() == "running").Select(p => p.Name)];
    }

    private static Task AppendAsync(EventStore store, int seed) => new RandomHistory(seed).RecordAsync(store);

    private static async Task WriteAsync(EventStore store, CancellationToken enough)
    {
        for (var seed = 2; !enough.IsCancellationRequested; seed++)
        {
            await AppendAsync(store, seed);
            await Task.Delay(WriteInterval, CancellationToken.None);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan max)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            await Task.Delay(100);
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(max);
        }
    }
}
