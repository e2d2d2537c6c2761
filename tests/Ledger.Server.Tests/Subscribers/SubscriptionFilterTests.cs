using System.Globalization;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What a subscription selects, and where it begins.</summary>
public class SubscriptionFilterTests
{
    [Theory]
    [InlineData("""{"types": ["denial_recorded"]}""", "c1/3")]
    [InlineData("""{"types": ["ledger.denial_recorded.v1", "correction_issued"]}""", "c1/2 c1/3")]
    [InlineData("""{"assertions": ["c2"]}""", "c2/1")]
    [InlineData("""{"sources": ["report"], "types": ["claim_recorded"]}""", "c1/1 c2/1")]
    [InlineData("""{"publishers": ["gazette"], "types": ["claim_recorded"]}""", "c1/1 c2/1")]
    [InlineData("""{"publishers": ["nobody"]}""", "")]
    [InlineData("""{"parties": ["ministry"], "types": ["denial_recorded", "claim_recorded"]}""", "c1/1 c1/3")]
    [InlineData("""{"topics": ["permits", "nothing"]}""", "c2/1")]
    [InlineData("""{"materiality": ["minor"]}""", "c1/2")]
    [InlineData("""{"materiality": ["minor", "substantive"], "assertions": ["c1"]}""", "c1/2 c1/3")]
    [InlineData("""{"materiality": ["substantive"], "topics": ["permits"]}""", "")]
    public async Task A_subscription_is_sent_what_its_filter_names_and_nothing_else(string filter, string expected)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await RecordAsync(ledger);

        await ledger.SubscribeAsync("s1", receiver.Url, filter);

        // The cursor passes a delivered event after its delivery, and an event that the filter hides at once.
        await UntilAsync(async () => (await ledger.SubscriptionAsync("s1")).GetProperty("lag").GetInt64() == 0, "the cursor stands at the head");
        string.Join(' ', receiver.Taken.OrderBy(m => m.Position).Select(m => $"{m.Subject["assertion-".Length..]}/{m.Event.GetProperty("streamversion")}")).ShouldBe(expected);
    }

    [Fact]
    public async Task A_subscription_begins_now_or_after_a_position_or_a_time()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await RecordAsync(ledger);
        var head = await ledger.SettleAsync();
        var third = (await ledger.GetAsync("/v1/events?after=2&limit=1")).Body.GetProperty("events")[0].GetProperty("time").GetString();

        async Task<long> CursorAsync(string id, string from) => (await ledger.SubscribeAsync(id, receiver.Url, """{"types": ["payload_erased"]}""", from)).GetProperty("cursor").GetInt64();

        (await CursorAsync("now", "\"now\"")).ShouldBe(head);
        (await CursorAsync("unsaid", "null")).ShouldBe(head);
        (await CursorAsync("position", "4")).ShouldBe(4);
        (await CursorAsync("time", $"\"{third}\"")).ShouldBe(3);
        (await CursorAsync("day", "\"2018-08-04T00:00:00Z\"")).ShouldBe(0);
        foreach (var bad in new[] { "\"yesterday\"", "-1", "1.5", (head + 1).ToString(CultureInfo.InvariantCulture), "\"2999-01-01T00:00:00Z\"" })
        {
            var (response, _) = await ledger.PostAsync("/v1/subscriptions", $$"""{"name": "bad", "delivery": {"kind": "webhook", "url": "{{receiver.Url}}"}, "from": {{bad}}}""");
            ((int)response.StatusCode).ShouldBe(400, bad);
        }
    }

    [Fact]
    public async Task A_key_with_only_the_subscribe_scope_may_subscribe()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:PublicReads"] = "false" });
        var key = (await ledger.RecordAsync("/v1/keys", """{"name": "subscriber", "scopes": ["subscribe"]}""")).GetProperty("secret").GetString();
        using var client = ledger.Client(key);
        using var body = new StringContent("""{"id": "s1", "name": "s1", "delivery": {"kind": "webhook", "url": "https://example.org/hook"}}""", System.Text.Encoding.UTF8, "application/json");

        using var made = await client.PostAsync(new Uri("/v1/subscriptions", UriKind.Relative), body);

        ((int)made.StatusCode).ShouldBe(201);
    }

    private static async Task RecordAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/assertions", """{"id": "c2", "proposition": "P", "source": {"id": "report", "version": 1}, "attribution": [], "topics": ["permits"]}""");
        await ledger.RecordAsync("/v1/assertions/c1/corrections", """
            {"publisher": "gazette", "text": "T", "reason": "r", "citation": "c", "materiality": "minor", "changes": [{"field": "modality", "before": "asserted", "after": "hedged"}]}
            """);
        await ledger.DenyAsync("c1", "No");
    }
}
