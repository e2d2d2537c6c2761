using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class LostReplyTests : IAsyncLifetime
{
    private TestDatabase db = null!;
    private CuttingProxy proxy = null!;
    private EventStore store = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        var settings = new NpgsqlConnectionStringBuilder(db.ServiceConnectionString);
        proxy = new(settings.Host!, settings.Port);
        (settings.Host, settings.Port) = ("127.0.0.1", proxy.Port);
        store = new(ServiceDataSource.Create(settings.ConnectionString));
        await store.AppendedAsync(Some.Request("warm"));
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await proxy.DisposeAsync();
        await db.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_whose_reply_is_lost_is_reported_as_committed_with_and_without_a_key()
    {
        proxy.SwallowReplies(1);
        var results = await Task.WhenAll(
            store.AppendedAsync(Some.Request("keyed", 0) with { Key = Some.Key("k"), Answer = "done" }),
            store.AppendedAsync(Some.Request("keyless", 0, events: 2)),
            store.AppendedAsync(new([]) { Key = Some.Key("empty") }));
        proxy.Cuts.ShouldBe(1);
        results.ShouldAllBe(r => !r.Replayed);
        (await store.HeadAsync()).ShouldBe(4);
        var log = await store.ReadLogAsync();
        Log.ShouldBeSound(log);
        log.Skip(1).Select(e => (e.Id, e.Position)).ShouldBe(
            results.SelectMany(r => r.Events).Select(e => (e.Id, e.Position)).OrderBy(e => e.Position));

        (await store.AppendedAsync(Some.Request("keyed", 0) with { Key = Some.Key("k") })).Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task Refusals_whose_reply_is_lost_are_refused_again()
    {
        proxy.SwallowReplies(1);
        (await store.AppendAsync(Some.Request("warm", 0))).ShouldBe(new AppendResult.VersionConflict("warm", 1));
        proxy.Cuts.ShouldBe(1);
        (await store.HeadAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task When_the_database_does_not_come_back_the_caller_is_told_that_the_outcome_is_unknown()
    {
        proxy.SwallowReplies(1);
        proxy.IsDown = true;
        var lost = Some.Request("s", 0) with { Key = Some.Key("k") };
        (await Should.ThrowAsync<StoreUnavailableException>(store.AppendAsync(lost))).OutcomeKnown.ShouldBeFalse();
        (await Should.ThrowAsync<StoreUnavailableException>(store.AppendAsync(Some.Request("t", 0)))).OutcomeKnown.ShouldBeTrue();

        proxy.IsDown = false;
        var repeated = await store.AppendedAsync(lost);
        repeated.Replayed.ShouldBeTrue();
        repeated.Events.ShouldHaveSingleItem().Position.ShouldBe(2);
        (await store.HeadAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Connections_cut_again_and_again_lose_nothing_and_repeat_nothing()
    {
        var acknowledged = 0;
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < 100; n++)
            {
                var request = Some.Request($"s{writer}", expected: n);
                request = n % 2 == 0 ? request : request with { Key = Some.Key($"{writer}-{n}") };
                (await store.AppendedAsync(request)).Replayed.ShouldBeFalse();
                if (Interlocked.Increment(ref acknowledged) % 50 == 0)
                {
                    proxy.SwallowReplies(1);
                }
            }
        }));
        await Task.WhenAll(writers);
        proxy.SwallowReplies(0);
        proxy.Cuts.ShouldBeGreaterThan(1);
        var log = await store.ReadLogAsync();
        log.Count.ShouldBe(801);
        Log.ShouldBeSound(log);
    }
}
