using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What people see of a subscription, and how an endpoint is protected from too many attempts.</summary>
public class SubscriptionHealthTests
{
    [Fact]
    public async Task Lag_age_and_parked_deliveries_are_metrics_labelled_with_the_name_of_the_subscription()
    {
        var id = $"metered-{Guid.CreateVersion7():n}";
        var seen = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Ledger.Subscribers")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "subscription" && tag.Value as string == id)
                {
                    seen[instrument.Name] = value;
                }
            }
        }

        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Take(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Take(i, value, tags));
        listener.Start();
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((_, _) => Task.FromResult<int?>(500));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        await ledger.SubscribeAsync(id, receiver.Url, """{"assertions": ["c1"]}""");

        await UntilAsync(() => seen.GetValueOrDefault("ledger.subscription.parked") == 1, "the parked delivery is measured");
        seen["ledger.subscription.oldest_age"].ShouldBeGreaterThan(0);
        seen.ShouldContainKey("ledger.subscription.lag");
        seen.ShouldContainKey("ledger.delivery.duration");
    }

    [Fact]
    public async Task The_history_of_deliveries_is_kept_for_its_time_and_what_is_parked_stays()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:Webhooks:HistoryKept"] = "00:00:02" });
        await using var receiver = await WebhookReceiver.StartAsync((m, _) => Task.FromResult<int?>(m.Subject == "assertion-c1" ? 500 : 200));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordClaimAsync("c2");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"types": ["claim_recorded"]}""");
        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "delivered")).Count == 1, "the delivery is in the history");
        var attempt = (await ledger.DeliveriesAsync("s1", "delivered"))[0].GetProperty("attempts")[0];
        attempt.GetProperty("status").GetInt32().ShouldBe(200);
        attempt.GetProperty("durationMs").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        attempt.TryGetProperty("at", out _).ShouldBeTrue();

        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "delivered")).Count == 0, "its time is over");

        (await ledger.DeliveriesAsync("s1", "parked")).ShouldHaveSingleItem().GetProperty("attempts").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_everything_gets_only_single_attempts_until_it_answers()
    {
        var failing = true;
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings)
        {
            ["Ledger:Webhooks:RetrySchedule"] = "0,00:00:00.1,1.00:00:00",
            ["Ledger:Webhooks:CircuitPause"] = "00:00:01",
        });
        await using var receiver = await WebhookReceiver.StartAsync((_, _) => Task.FromResult<int?>(Volatile.Read(ref failing) ? 503 : 200));
        await ledger.RecordBasicsAsync();
        for (var i = 0; i < 100; i++)
        {
            await ledger.RecordClaimAsync($"c{i}");
        }

        await ledger.SubscribeAsync("s1", receiver.Url, """{"types": ["claim_recorded"]}""");
        await UntilAsync(() => receiver.All.Count >= 5, "the first deliveries fail");
        await Task.Delay(TimeSpan.FromSeconds(2.5));

        // 32 attempts were under way when the circuit opened, and then one follows after each pause: 1 s, 2 s.
        receiver.All.Count.ShouldBeLessThan(40);
        Volatile.Write(ref failing, false);
        var started = Stopwatch.GetTimestamp();
        await UntilAsync(() => receiver.Taken.Select(m => m.Position).Distinct().Count() == 100, "all arrive, including those whose next attempt was a day away");
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Nothing_is_delivered_while_a_subscription_is_paused_and_nothing_is_lost()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.SubscribeAsync("s1", receiver.Url, """{"types": ["party_recorded"]}""");
        await ledger.RecordAsync("/v1/subscriptions/s1/pause", "{}");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await ledger.RecordBasicsAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        receiver.All.ShouldBeEmpty();
        var paused = await ledger.SubscriptionAsync("s1");
        paused.GetProperty("state").GetString().ShouldBe("paused");
        paused.GetProperty("oldestUndeliveredAgeS").GetDouble().ShouldBeGreaterThan(0.9);

        await ledger.RecordAsync("/v1/subscriptions/s1/resume", "{}");

        await UntilAsync(() => receiver.Taken.Count() == 2, "both parties arrive");
    }

    [Fact]
    public async Task When_a_node_is_killed_another_takes_its_subscriptions_over_within_five_seconds()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var killed = new KillableServer(database);
        await killed.StartAsync();
        await killed.RecordAsync("/v1/subscriptions", $$"""{"id": "s1", "name": "s1", "delivery": {"kind": "webhook", "url": "{{receiver.Url}}"}, "filter": {"types": ["party_recorded"]} }""");
        await killed.RecordAsync("/v1/parties", """{"id": "p1", "name": "One", "kind": "publisher"}""");
        await UntilAsync(() => receiver.Taken.Count() == 1, "the first node delivers");
        await using var other = await RunningLedger.StartAsync(database, Settings);

        await killed.KillAsync();
        var started = Stopwatch.GetTimestamp();
        await other.RecordAsync("/v1/parties", """{"id": "p2", "name": "Two", "kind": "publisher"}""");

        // The first event is sent again when its node died before it could note the delivery.
        await UntilAsync(() => receiver.Taken.Any(m => m.Subject == "party-p2"), "the other node delivers");
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        receiver.Taken.Select(m => m.Subject).Distinct().ShouldBe(["party-p1", "party-p2"]);
    }
}
