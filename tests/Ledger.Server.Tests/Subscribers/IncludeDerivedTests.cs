using System.Text.Json;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A subscriber of a derived assertion receives the changes of the assertions that it derives from.</summary>
public class IncludeDerivedTests
{
    [Fact]
    public async Task A_change_upstream_reaches_whoever_follows_a_derived_assertion_once_and_says_through_which_links()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var with = await WebhookReceiver.StartAsync();
        await using var without = await WebhookReceiver.StartAsync();
        await RecordDiamondAsync(ledger);
        await ledger.SubscribeAsync("with", with.Url, """{"assertions": ["below"], "includeDerived": true}""", "\"now\"");
        await ledger.SubscribeAsync("without", without.Url, """{"assertions": ["below"]}""", "\"now\"");

        await ledger.DenyAsync("top", "It is not so");
        await ledger.DenyAsync("aside", "Nor that");
        await ledger.RecordAsync("/v1/assertions/top/positions", """{"party": "ministry", "stance": "noComment", "citation": "a call"}""");
        await ledger.DenyAsync("below", "Nor here");

        await ledger.SettleAsync();     // The policy's events are there too.
        foreach (var id in new[] { "with", "without" })
        {
            await UntilAsync(async () => (await ledger.SubscriptionAsync(id)).GetProperty("lag").GetInt64() == 0, "all is delivered");
        }

        with.Taken.Where(m => m.Subject == "assertion-top").ShouldHaveSingleItem().Type.ShouldBe("ledger.denial_recorded.v1");
        with.Taken.ShouldAllBe(m => m.Subject == "assertion-top" || m.Subject == "assertion-below");
        without.Taken.ShouldAllBe(m => m.Subject == "assertion-below" && !m.Headers.ContainsKey("Ledger-Via"));
        without.Taken.Select(m => m.Type).Order().ShouldBe(["ledger.denial_recorded.v1", "ledger.upstream_changed.v1"]);
        with.Taken.Count(m => m.Subject == "assertion-below").ShouldBe(2);
        var way = JsonElement.Parse(with.Taken.Single(m => m.Subject == "assertion-top").Headers["Ledger-Via"]).EnumerateArray().ShouldHaveSingleItem();
        way.GetProperty("assertion").GetString().ShouldBe("below");
        way.GetProperty("path").EnumerateArray().Select(p => p.GetString()).ShouldBe(["left", "top"]);
        way.GetProperty("basis").GetString().ShouldBe("stated");
        way.GetProperty("fields").EnumerateArray().Select(f => f.GetString()).ShouldBe(["proposition"]);
    }

    [Fact]
    public async Task Links_count_as_they_stood_at_the_time_of_the_change_and_in_a_replay_too()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("top");
        await ledger.RecordClaimAsync("below");
        await ledger.DenyAsync("top", "Before the link");
        var link = await ledger.RecordAsync("/v1/assertions/below/links", """{"to": "top", "relation": "restates", "basis": "inferred"}""");
        await ledger.DenyAsync("top", "While it stands");
        await ledger.WithdrawAsync(link, "gazette");
        await ledger.DenyAsync("top", "After it was withdrawn");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"sources": ["report"], "types": ["denial_recorded"], "includeDerived": true, "assertions": ["below"]}""");
        await UntilAsync(async () => (await ledger.SubscriptionAsync("s1")).GetProperty("lag").GetInt64() == 0, "all is delivered");

        await ledger.RecordAsync("/v1/subscriptions/s1/replay", """{"from": 1}""");

        await UntilAsync(() => receiver.Taken.Count() == 2, "the delivery arrives again");
        receiver.Taken.Select(m => m.Event.GetProperty("data").GetProperty("statement").GetString()).Distinct().ShouldBe(["While it stands"]);
        receiver.Taken.Select(m => m.Headers["Ledger-Via"]).Distinct().ShouldHaveSingleItem().ShouldContain("\"basis\":\"inferred\"");
    }

    /// <summary>Below was taken from left and right, and both from top; aside stands alone.</summary>
    private static async Task RecordDiamondAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("top");
        await ledger.RecordClaimAsync("aside");
        await ledger.RecordClaimAsync("left", more: """, "links": [{"to": "top", "relation": "restates", "basis": "stated"}]""");
        await ledger.RecordClaimAsync("right", more: """, "links": [{"to": "top", "relation": "restates", "basis": "stated"}]""");
        await ledger.RecordClaimAsync("below", more: """, "links": [{"to": "left", "relation": "derivedFrom", "basis": "stated"}, {"to": "right", "relation": "derivedFrom", "basis": "stated"}]""");
        await ledger.SettleAsync();
    }
}
