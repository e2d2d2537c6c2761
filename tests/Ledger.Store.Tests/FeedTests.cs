using System.Text;
using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class FeedTests : IAsyncLifetime
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
    public async Task An_empty_log_has_an_empty_page()
    {
        var page = await store.ReadFeedAsync(0, 10, FeedFilter.All);
        (page.Events.Count, page.Next, page.Head).ShouldBe((0, 0, 0));
        (await store.ReadFeedAsync(7, 10, FeedFilter.All)).Next.ShouldBe(7);
    }

    /// <summary>More events than the node keeps for followers, so that some followers read from the database.</summary>
    [Fact]
    public async Task Followers_at_different_places_see_every_event_once_and_in_order()
    {
        const int events = 6_000;
        await store.AppendedAsync(Some.Request("early", events: 1_000));
        var followers = Enumerable.Range(0, 6).Select(n => Task.Run(async () =>
        {
            HashSet<string> types = n % 2 == 0 ? [] : ["linked"];
            var (position, start) = (n * 200L, n * 200L);
            List<RecordedEvent> seen = [];
            while (position < events)
            {
                var page = await store.FollowAsync(position, 1 + (n * 100), types);
                seen.AddRange(page.Events);
                page.Next.ShouldBeGreaterThanOrEqualTo(position);
                if (page.Next == position)
                {
                    (await store.WaitForAsync(position, TimeSpan.FromSeconds(30))).ShouldBeGreaterThan(position);
                }

                if (n == 5)
                {
                    store.ForgetTail();
                }

                position = page.Next;
            }

            var all = (await store.ReadLogAsync()).Where(e => e.Position > start && (types.Count == 0 || types.Contains(e.Type)));
            seen.Select(e => (e.Position, e.Id)).ShouldBe(all.Select(e => (e.Position, e.Id)));
        })).ToList();
        for (var n = 0; n < 50; n++)
        {
            await store.AppendedAsync(Some.Request("s", events: 100, type: n % 3 == 0 ? "linked" : "claim_recorded"));
        }

        await Task.WhenAll(followers);
    }

    [Fact]
    public async Task Filters_by_type_stream_and_tags_can_be_combined()
    {
        await AppendAsync("a", Some.Event("claim_recorded", tags: ["publisher:x", "topic:war"]));
        await AppendAsync("b", Some.Event("denial_recorded", tags: ["publisher:x", "topic:trade"]));
        await AppendAsync("c", Some.Event("denial_recorded", tags: ["publisher:y", "topic:war"]));
        await AppendAsync("d", Some.Event("never_heard_of"));

        (await PositionsAsync(FeedFilter.All)).ShouldBe([1, 2, 3, 4]);
        (await PositionsAsync(new() { Types = ["denial_recorded", "never_heard_of"] })).ShouldBe([2, 3, 4]);
        (await PositionsAsync(new() { Streams = ["a", "d"] })).ShouldBe([1, 4]);
        (await PositionsAsync(new() { WithoutStreams = ["a", "d"] })).ShouldBe([2, 3]);
        (await PositionsAsync(new() { AnyOfTags = [["publisher:x", "publisher:z"]] })).ShouldBe([1, 2]);
        (await PositionsAsync(new() { AnyOfTags = [["publisher:x", "publisher:y"], ["topic:war"]] })).ShouldBe([1, 3]);
        (await PositionsAsync(new() { AnyOfTags = [["publisher:x"]], Types = ["denial_recorded"], WithoutStreams = ["c"] })).ShouldBe([2]);
        (await PositionsAsync(new() { AnyOfTags = [["publisher:' or true --"]] })).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_cursor_moves_past_events_that_the_filter_hides()
    {
        await store.AppendedAsync(Some.Request("a", events: 5));
        await store.AppendedAsync(Some.Request("b", events: 2, type: "linked"));
        await store.AppendedAsync(Some.Request("a", events: 5));
        var filter = new FeedFilter { Types = ["linked"] };
        var first = await store.ReadFeedAsync(0, 1, filter);
        (first.Events.Single().Position, first.Next, first.Head).ShouldBe((6, 6, 12));
        var second = await store.ReadFeedAsync(first.Next, 10, filter);
        (second.Events.Single().Position, second.Next, second.Head).ShouldBe((7, 12, 12));
    }

    [Fact]
    public async Task One_read_scans_a_bounded_number_of_positions()
    {
        for (var n = 0; n < 3; n++)
        {
            await store.AppendedAsync(Some.Request($"s{n}", events: 4_500));
        }

        await store.AppendedAsync(Some.Request("rare", type: "rare"));
        var filter = new FeedFilter { Types = ["rare"] };
        var first = await store.ReadFeedAsync(0, 10, filter);
        (first.Events.Count, first.Next, first.Head).ShouldBe((0, EventStore.FeedScanMax, 13_501));
        var second = await store.ReadFeedAsync(first.Next, 10, filter);
        (second.Events.Single().Position, second.Next).ShouldBe((13_501, 13_501));
    }

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(0, 0)]
    [InlineData(0, EventStore.FeedPageMax + 1)]
    public async Task Pages_have_bounds(long after, int limit)
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(store.ReadFeedAsync(after, limit, FeedFilter.All));
    }

    [Fact]
    public async Task Events_that_another_writer_stored_are_passed_on()
    {
        await Some.RunAsync(db.OwnerConnectionString, """
            insert into ledger.mt_streams (id, type, version) values ('foreign', null, 1);
            insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, correlation_id)
              values (1, gen_random_uuid(), 'foreign', 1, '{"x": [1, 2]}', 'from_the_future', 'no guid')
            """);
        var e = (await store.ReadFeedAsync(0, 10, FeedFilter.All)).Events.ShouldHaveSingleItem();
        (e.Type, Encoding.UTF8.GetString(e.Data), e.Stored, e.CorrelationId).ShouldBe(("from_the_future", """{"x": [1, 2]}""", new(null, "no guid", null, true), null));
        e.Headers.RecordedBy.ShouldBe("unknown");
        await store.AppendedAsync(Some.Request("foreign", 1));
        Log.ShouldBeSound(await store.ReadLogAsync());
    }

    private Task<AppendResult.Appended> AppendAsync(string stream, NewEvent e) =>
        store.AppendedAsync(new([new(stream, "assertion", null, [e])]));

    private async Task<IEnumerable<long>> PositionsAsync(FeedFilter filter) =>
        (await store.ReadFeedAsync(0, 100, filter)).Events.Select(e => e.Position);
}
