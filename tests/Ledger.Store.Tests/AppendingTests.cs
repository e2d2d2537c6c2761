using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class AppendingTests : IAsyncLifetime
{
    private TestDatabase db = null!;
    private EventStore store = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        store = db.OpenStore();
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await db.DisposeAsync();
    }

    [Fact]
    public async Task What_was_appended_is_read_back_whole()
    {
        var correlation = Guid.CreateVersion7();
        var cause = Guid.CreateVersion7();
        var e = new NewEvent(Guid.CreateVersion7(), "claim_recorded", """{"proposition": "gâteau ☃ \\ \"x\""}""", new()
        {
            RecordedBy = "key-1",
            OnBehalfOf = "daily-caller",
            Tags = ["publisher:daily-caller", "topic:a b"],
            TraceParent = "00-ab-cd-01",
        });
        var appended = await store.AppendedAsync(
            new([new("assertion-t01", "assertion", 0, [e])]) { CorrelationId = correlation, CausationId = cause });

        var read = (await store.ReadStreamAsync("assertion-t01")).ShouldHaveSingleItem();
        read.Data.ShouldBe(e.Data);
        (read.Id, read.Type, read.Stream, read.Version, read.Position).ShouldBe((e.Id, e.Type, "assertion-t01", 1, 1));
        read.Headers.Tags.ShouldBe(e.Headers.Tags);
        (read.Headers with { Tags = [] }).ShouldBe(e.Headers with { Tags = [] });
        (read.CorrelationId, read.CausationId).ShouldBe((correlation, cause));
        Some.SaltOf(read).Length.ShouldBe(32);
        appended.Events.ShouldBe([new(e.Id, "assertion-t01", 1, 1, e.Type, read.RecordedAt)]);
        (await store.ReadEventAsync(e.Id))!.Position.ShouldBe(1);
        (await store.ReadEventAsync(1))!.Id.ShouldBe(e.Id);
        (await store.ReadEventAsync(2)).ShouldBeNull();
    }

    [Fact]
    public async Task Every_event_has_a_salt_of_its_own()
    {
        await store.AppendedAsync(Some.Request("s", events: 3));
        (await store.ReadStreamAsync("s")).Select(e => Convert.ToHexString(Some.SaltOf(e))).Distinct().Count().ShouldBe(3);
    }

    /// <summary>One node decided both in a row, and the first lost a race against another node. Only the version of the second would fit.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_follows_a_refused_event_is_refused_too(bool inOneBatch)
    {
        var others = await store.AppendedAsync(Some.Request("s"));
        var lost = new AppendRequest([Some.Write("s", expected: 0)]);
        var onLost = new AppendRequest([Some.Write("s", expected: 1) with { Follows = lost.Writes[0].Events[0].Id }]);
        AppendResult[] results = inOneBatch
            ? await Task.WhenAll(store.AppendAsync(lost), store.AppendAsync(onLost))
            : [await store.AppendAsync(lost), await store.AppendAsync(onLost)];
        results.ShouldBe([new AppendResult.VersionConflict("s", 1), new AppendResult.VersionConflict("s", 1)]);

        var onOthers = Some.Write("s", expected: 1) with { Follows = others.Events[0].Id };
        var onThat = Some.Write("s", expected: 2) with { Follows = onOthers.Events[0].Id };
        await Task.WhenAll(store.AppendedAsync(new([onOthers])), store.AppendedAsync(new([onThat])));
        (await store.ReadStreamAsync("s")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_stale_version_is_answered_with_the_actual_one_and_appends_nothing()
    {
        await store.AppendedAsync(Some.Request("s", events: 2));
        (await store.AppendAsync(Some.Request("s", expected: 1))).ShouldBe(new AppendResult.VersionConflict("s", 2));
        (await store.AppendAsync(Some.Request("s", expected: 3))).ShouldBe(new AppendResult.VersionConflict("s", 2));
        (await store.AppendAsync(Some.Request("t", expected: 1))).ShouldBe(new AppendResult.VersionConflict("t", 0));
        (await store.HeadAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_request_over_several_streams_is_appended_whole_or_not_at_all()
    {
        await store.AppendedAsync(Some.Request("b"));
        var refused = await store.AppendAsync(new([Some.Write("a", 0, 2), Some.Write("b", 0), Some.Write("c", 0)]));
        refused.ShouldBe(new AppendResult.VersionConflict("b", 1));
        (await store.HeadAsync()).ShouldBe(1);

        var appended = await store.AppendedAsync(new([Some.Write("a", 0, 2), Some.Write("b", 1), Some.Write("c", 0)]));
        appended.Events.Select(e => (e.Stream, e.Version, e.Position)).ShouldBe([("a", 1, 2), ("a", 2, 3), ("b", 2, 4), ("c", 1, 5)]);
        Log.ShouldBeSound(await store.ReadLogAsync());
    }

    [Fact]
    public async Task A_write_without_events_checks_a_version_only()
    {
        await store.AppendedAsync(Some.Request("a"));
        (await store.AppendAsync(new([new("a", "assertion", 2, []), Some.Write("b")]))).ShouldBe(new AppendResult.VersionConflict("a", 1));
        var appended = await store.AppendedAsync(new([new("a", "assertion", 1, []), Some.Write("b")]));
        appended.Events.ShouldHaveSingleItem().Stream.ShouldBe("b");
        (await store.AppendedAsync(new([new("c", "assertion", 0, [])]))).Events.ShouldBeEmpty();
        (await store.ReadStreamAsync("c")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_of_one_caller_are_decided_in_the_order_of_its_calls()
    {
        var pending = Enumerable.Range(0, 300).Select(v => store.AppendAsync(Some.Request("s", expected: v))).ToList();
        var results = await Task.WhenAll(pending);
        results.ShouldAllBe(r => r is AppendResult.Appended);
        results.Select(r => ((AppendResult.Appended)r).Events.Single().Version).ShouldBe(Enumerable.Range(1, 300).Select(v => (long)v));
    }

    [Fact]
    public async Task A_condition_fails_with_the_first_event_that_breaks_it()
    {
        await store.AppendedAsync(Some.Request("a", type: "linked"));
        await store.AppendedAsync(Some.Request("a", type: "claim_recorded"));
        await store.AppendedAsync(Some.Request("a", events: 2, type: "linked"));
        var condition = new AppendCondition(1, ["linked", "version_captured"]);
        (await store.AppendAsync(Some.Request("b") with { Condition = condition })).ShouldBe(new AppendResult.ConditionFailed(3));
        await store.AppendedAsync(Some.Request("b") with { Condition = condition with { AfterPosition = 4 } });
        await store.AppendedAsync(Some.Request("b") with { Condition = condition with { Types = ["denial_recorded"] } });
    }

    [Fact]
    public async Task Of_two_conditional_requests_at_once_one_fails()
    {
        var condition = new AppendCondition(0, ["linked"]);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            n => store.AppendAsync(Some.Request($"s{n}", type: "linked") with { Condition = condition })));
        results.Count(r => r is AppendResult.Appended).ShouldBe(1);
        results.Count(r => r.Equals(new AppendResult.ConditionFailed(1))).ShouldBe(19);
    }

    [Theory]
    [InlineData("""{"text": "a\u0000b"}""")]
    [InlineData("{not json")]
    public async Task A_request_that_cannot_be_stored_fails_alone(string data)
    {
        var bad = Some.Request("bad") with { Writes = [new("bad", "assertion", null, [Some.Event(data: data)])] };
        var first = store.AppendAsync(Some.Request("s"));
        var before = Enumerable.Range(0, 20).Select(_ => store.AppendAsync(Some.Request("s"))).ToList();
        var failing = store.AppendAsync(bad);
        var after = Enumerable.Range(0, 20).Select(_ => store.AppendAsync(Some.Request("s"))).ToList();
        await first;
        (await Task.WhenAll([.. before, .. after])).ShouldAllBe(r => r is AppendResult.Appended);
        (await Should.ThrowAsync<PostgresException>(failing)).SqlState.ShouldStartWith("22");
        (await store.HeadAsync()).ShouldBe(41);
        Log.ShouldBeSound(await store.ReadLogAsync());
    }

    [Fact]
    public async Task An_id_that_is_in_use_is_refused()
    {
        var e = Some.Event();
        await store.AppendedAsync(new([new("s", "assertion", null, [e])]));
        var again = await Should.ThrowAsync<PostgresException>(store.AppendAsync(new([new("s", "assertion", null, [e])])));
        again.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
    }

    [Fact]
    public void An_empty_request_or_a_stream_named_twice_throws_an_ArgumentException()
    {
        Should.Throw<ArgumentException>(() => store.AppendAsync(new([])));
        Should.Throw<ArgumentException>(() => store.AppendAsync(new([new("s", "assertion", null, [])])));
        Should.Throw<ArgumentException>(() => store.AppendAsync(new([Some.Write("s"), Some.Write("s")])));
        Should.Throw<ArgumentException>(() => Some.Event(data: "{\"x\":\"\ud800\"}"));
        Should.Throw<ArgumentException>(() => store.AppendAsync(new([Some.Write("s\ud800")])));
    }

    /// <summary>An event without a leaf would stop the signing of all that follow.</summary>
    [Fact]
    public async Task The_longest_tags_that_the_ledger_makes_fit_into_a_leaf_and_longer_ones_are_refused()
    {
        var topic = "topic:" + string.Concat(Enumerable.Repeat("😀", 98));
        string[] longest = [.. Enumerable.Range(10, 64).SelectMany(n => new[] { $"{topic}{n}", $"party:{new string('p', 78)}{n}" })];
        await store.AppendedAsync(new([new("s", "assertion", null, [Some.Event(tags: longest)])]));
        (await store.ReadStreamAsync("s")).ShouldHaveSingleItem().Headers.Tags.ShouldBe(longest);

        await Should.ThrowAsync<ArgumentException>(() => store.AppendAsync(new([new("s", "assertion", null, [Some.Event(tags: [.. longest, .. longest])])])));
    }

    [Fact]
    public async Task Every_event_says_that_its_headers_are_in_the_leaf()
    {
        await store.AppendedAsync(Some.Request("s", events: 2));
        (await Some.ScalarAsync<long>(db.OwnerConnectionString, "select count(*) from ledger.mt_events where headers->'leaf' = '2'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_that_cancels_does_not_affect_other_callers()
    {
        using var impatient = new CancellationTokenSource();
        var cancelled = Enumerable.Range(0, 200)
            .Select(_ => store.AppendAsync(Some.Request("s"), impatient.Token)).ToList();
        var patient = Enumerable.Range(0, 200).Select(_ => store.AppendAsync(Some.Request("s"))).ToList();
        await impatient.CancelAsync();
        (await Task.WhenAll(patient)).ShouldAllBe(r => r is AppendResult.Appended);
        foreach (var task in cancelled)
        {
            await task.ContinueWith(_ => { }, TaskScheduler.Default);
            (task.IsCanceled || task.IsCompletedSuccessfully).ShouldBeTrue();
        }

        Log.ShouldBeSound(await store.ReadLogAsync());
    }

    [Fact]
    public async Task A_stream_is_read_up_to_a_version_or_a_position()
    {
        await store.AppendedAsync(Some.Request("a", events: 3));
        await store.AppendedAsync(Some.Request("b"));
        await store.AppendedAsync(Some.Request("a", events: 1_200));
        (await store.ReadStreamAsync("a")).Count.ShouldBe(1_203);
        (await store.ReadStreamAsync("a", toVersion: 2)).Select(e => e.Version).ShouldBe([1, 2]);
        (await store.ReadStreamAsync("a", afterVersion: 2, toPosition: 5)).Select(e => e.Version).ShouldBe([3, 4]);
        (await store.ReadStreamAsync("nothing")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_stream_row_and_the_sequence_follow_the_events_as_Marten_expects()
    {
        await store.AppendedAsync(Some.Request("a"));
        await store.AppendedAsync(new([Some.Write("a", events: 2), Some.Write("b")]));
        (await Some.ScalarAsync<string>(db.OwnerConnectionString, """
            select string_agg(concat_ws(' ', s.id, s.type, s.version, s.tenant_id, s.is_archived,
                s.created = (select min(e.timestamp) from ledger.mt_events e where e.stream_id = s.id),
                s.timestamp = (select max(e.timestamp) from ledger.mt_events e where e.stream_id = s.id)), ', ' order by s.id)
            from ledger.mt_streams s
            """)).ShouldBe("a assertion 3 *DEFAULT* f t t, b assertion 1 *DEFAULT* f t t");
        (await Some.ScalarAsync<long>(db.OwnerConnectionString, "select nextval('ledger.mt_events_sequence')")).ShouldBe(5);
    }
}
