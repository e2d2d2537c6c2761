using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class KeyTests : IAsyncLifetime
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
    public async Task One_key_sent_fifty_times_at_once_over_two_nodes_gives_one_event_and_fifty_equal_answers()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(() =>
            (n % 2 == 0 ? one : other).AppendedAsync(
                new([Some.Write("s", 0), Some.Write("t", 0, 2)]) { Key = Some.Key("k"), Answer = "created s" }))));
        (await one.HeadAsync()).ShouldBe(3);
        results.Count(r => !r.Replayed).ShouldBe(1);
        foreach (var result in results)
        {
            result.Answer.ShouldBe("created s");
            result.Events.ShouldBe(results[0].Events);
        }
    }

    [Fact]
    public async Task A_key_with_another_command_is_refused()
    {
        await one.AppendedAsync(Some.Request("s") with { Key = Some.Key("k") });
        (await other.AppendAsync(Some.Request("s") with { Key = Some.Key("k", "another command") })).ShouldBe(new AppendResult.KeyReused());
        await one.AppendedAsync(Some.Request("s") with { Key = Some.Key("k", "another command", principal: "somebody else") });
        (await one.HeadAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Repeated_keys_within_one_batch_are_recognised()
    {
        var first = one.AppendAsync(Some.Request("warm"));
        var pending = new[]
        {
            Some.Request("s", expected: 7) with { Key = Some.Key("k", "refused, and so not remembered") },
            Some.Request("s", expected: 0) with { Key = Some.Key("k") },
            Some.Request("s") with { Key = Some.Key("k", "another") },
            Some.Request("s", expected: 0) with { Key = Some.Key("k") },
        }.Select(r => one.AppendAsync(r)).ToList();
        await first;
        var results = await Task.WhenAll(pending);
        results[0].ShouldBe(new AppendResult.VersionConflict("s", 0));
        var appended = results[1].ShouldBeOfType<AppendResult.Appended>();
        appended.Replayed.ShouldBeFalse();
        results[2].ShouldBe(new AppendResult.KeyReused());
        var repeated = results[3].ShouldBeOfType<AppendResult.Appended>();
        repeated.Replayed.ShouldBeTrue();
        repeated.Events.ShouldBe(appended.Events);
    }

    [Theory]
    [InlineData(null)]      // the index knows the key
    [InlineData(0L)]        // the stream has later events
    public async Task A_repeat_among_new_commands_is_answered_and_leaves_no_trace_of_the_first_try(long? expected)
    {
        var request = Some.Request("s", expected: expected) with { Key = Some.Key("k"), Answer = "created s" };
        var appended = await one.AppendedAsync(request);
        var first = one.AppendAsync(Some.Request("warm"));
        var pending = new[] { Some.Request("t") with { Key = Some.Key("new") }, request with { Answer = "sent again" }, Some.Request("t") }.Select(r => other.AppendAsync(r)).ToList();
        await first;
        var results = (await Task.WhenAll(pending)).Cast<AppendResult.Appended>().ToList();
        results.Select(r => r.Replayed).ShouldBe([false, true, false]);
        results[1].ShouldSatisfyAllConditions(r => r.Events.ShouldBe(appended.Events), r => r.Answer.ShouldBe("created s"));
        (await one.HeadAsync()).ShouldBe(4);
        (await Some.ScalarAsync<long>(db.OwnerConnectionString, "select last_value from ledger.mt_events_sequence")).ShouldBe(4);
    }

    [Fact]
    public async Task An_event_id_that_is_taken_is_refused_with_a_key_and_without()
    {
        var taken = Some.Request("s");
        await one.AppendedAsync(taken);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => one.AppendAsync(taken));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => one.AppendAsync(taken with { Key = Some.Key("k") }));
        (await one.FindAnswerAsync("tests", "k")).ShouldBeNull();
        (await one.HeadAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_that_appended_nothing_is_remembered_too()
    {
        var request = new AppendRequest([]) { Key = Some.Key("k"), Answer = "nothing to do" };
        (await one.AppendedAsync(request)).ShouldSatisfyAllConditions(
            a => a.Events.ShouldBeEmpty(), a => a.Replayed.ShouldBeFalse(), a => a.Answer.ShouldBe("nothing to do"));
        (await other.AppendedAsync(request with { Answer = "changed my mind" })).ShouldSatisfyAllConditions(
            a => a.Events.ShouldBeEmpty(), a => a.Replayed.ShouldBeTrue(), a => a.Answer.ShouldBe("nothing to do"));
        (await one.HeadAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_answer_stored_under_a_key_can_be_read()
    {
        (await one.FindAnswerAsync("tests", "k")).ShouldBeNull();
        var key = Some.Key("k");
        var appended = await one.AppendedAsync(Some.Request("s", events: 2) with { Key = key, Answer = "yes" });
        var found = (await other.FindAnswerAsync("tests", "k")).ShouldNotBeNull();
        found.Fingerprint.ShouldBe(key.Fingerprint);
        found.Result.ShouldSatisfyAllConditions(
            r => r.Answer.ShouldBe("yes"), r => r.Replayed.ShouldBeTrue(), r => r.Events.ShouldBe(appended.Events));
        (await one.FindAnswerAsync("somebody else", "k")).ShouldBeNull();

        await one.AppendedAsync(new([]) { Key = Some.Key("empty") });
        (await one.FindAnswerAsync("tests", "empty")).ShouldNotBeNull().Result.ShouldSatisfyAllConditions(
            r => r.Events.ShouldBeEmpty(), r => r.Answer.ShouldBeNull());
    }
}
