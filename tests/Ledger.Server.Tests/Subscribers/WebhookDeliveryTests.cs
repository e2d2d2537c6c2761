using System.Net;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

public class WebhookDeliveryTests
{
    [Fact]
    public async Task A_subscriber_is_sent_the_event_that_the_feed_shows_signed_and_with_the_exact_content_type()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.RecordBasicsAsync();
        var created = await ledger.SubscribeAsync("s1", receiver.Url, """{"types": ["claim_recorded"]}""", "\"now\"");

        await ledger.RecordClaimAsync("c1");
        await UntilAsync(() => receiver.All.Count == 1, "the claim arrives");

        var message = receiver.All.Single();
        var (_, feed) = await ledger.GetAsync("/v1/events?types=claim_recorded");
        message.Body.ShouldBe(feed.GetProperty("events")[0].GetRawText());
        message.Headers["Content-Type"].ShouldBe("application/cloudevents+json");
        message.Id.ShouldBe(message.Event.GetProperty("id").GetString());
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));
        new WebhookSecrets(created.GetProperty("secret").GetString()!).Sign(message.Id, at, System.Text.Encoding.UTF8.GetBytes(message.Body))
            .ShouldBe(message.Headers["webhook-signature"]);
        (await ledger.SubscriptionAsync("s1")).TryGetProperty("secret", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_newest_signed_head_travels_beside_a_delivery_and_never_inside()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.RecordBasicsAsync();
        await UntilAsync(async () => (await ledger.Public.GetAsync(new Uri("/log/checkpoint", UriKind.Relative))).IsSuccessStatusCode, "the log is signed");
        await Task.Delay(300);      // A head may be up to 0.2 s old.
        await ledger.SubscribeAsync("s1", receiver.Url, from: "\"now\"");

        await ledger.RecordClaimAsync("c1");
        await UntilAsync(() => receiver.All.Count == 1, "the claim arrives");

        var message = receiver.All.Single();
        var head = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(message.Headers["Ledger-Checkpoint"]));
        head.Split('\n')[0].ShouldBe((await ledger.Public.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative))).Split('\n')[0]);
        message.Body.ShouldNotContain("Checkpoint", Case.Insensitive);
    }

    [Fact]
    public async Task A_failing_assertion_is_retried_then_parked_and_blocks_only_itself()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((m, _) => Task.FromResult<int?>(m.Subject == "assertion-c1" ? 500 : 200));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.DenyAsync("c1", "No");
        await ledger.RecordClaimAsync("c2");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"sources": ["report"]}""");

        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "parked")).Count == 2, "both events of c1 are parked");
        await ledger.DenyAsync("c2", "No");
        await UntilAsync(() => receiver.Taken.Count(m => m.Subject == "assertion-c2") == 2, "c2 goes on");

        receiver.All.Count(m => m.Subject == "assertion-c1").ShouldBe(4);
        receiver.All.Where(m => m.Subject == "assertion-c1").Select(m => m.Id).Distinct().ShouldHaveSingleItem();
        var status = await ledger.SubscriptionAsync("s1");
        status.GetProperty("parked").GetInt64().ShouldBe(2);
        status.GetProperty("lastError").GetString().ShouldBe("answered 500");
        status.GetProperty("oldestUndeliveredAgeS").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Retrying_a_parked_delivery_lets_the_ones_behind_it_follow_in_order()
    {
        var failing = true;
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((m, _) => Task.FromResult<int?>(Volatile.Read(ref failing) ? 500 : 200));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"assertions": ["c1"]}""");
        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "parked")).Count == 1, "the claim is parked");
        await ledger.DenyAsync("c1", "No");
        await ledger.DenyAsync("c1", "Not at all");
        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "parked")).Count == 3, "the denials wait behind it");

        Volatile.Write(ref failing, false);
        var first = (await ledger.DeliveriesAsync("s1", "parked"))[0].GetProperty("position").GetInt64();
        await ledger.RecordAsync($"/v1/subscriptions/s1/deliveries/{first}/retry", "{}");

        await UntilAsync(() => receiver.Taken.Count() == 3, "all three arrive");
        receiver.Taken.Select(m => m.Position).ShouldBeInOrder();
    }

    [Fact]
    public async Task Skipping_a_parked_delivery_lets_the_ones_behind_it_go_on()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((m, _) => Task.FromResult<int?>(m.Type == "ledger.claim_recorded.v1" ? 500 : 200));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.DenyAsync("c1", "No");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"assertions": ["c1"]}""");
        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "parked")).Count == 2, "both are parked");

        var first = (await ledger.DeliveriesAsync("s1", "parked"))[0].GetProperty("position").GetInt64();
        await ledger.RecordAsync($"/v1/subscriptions/s1/deliveries/{first}/skip", "{}");

        await UntilAsync(() => receiver.Taken.Any(), "the denial arrives");
        (await ledger.DeliveriesAsync("s1", "skipped")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_and_can_be_resumed()
    {
        var status = 410;
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((_, _) => Task.FromResult<int?>(Volatile.Read(ref status)));
        await ledger.RecordBasicsAsync();
        await ledger.SubscribeAsync("s1", receiver.Url, """{"types": ["party_recorded"]}""");
        await UntilAsync(async () => (await ledger.SubscriptionAsync("s1")).GetProperty("state").GetString() == "disabled", "it is disabled");

        Volatile.Write(ref status, 200);
        await ledger.RecordAsync("/v1/subscriptions/s1/resume", "{}");

        await UntilAsync(() => receiver.Taken.Select(m => m.Position).Distinct().Count() == 2, "both parties arrive");
    }

    [Fact]
    public async Task A_pause_that_the_subscriber_asks_for_is_honoured()
    {
        var calls = new List<DateTimeOffset>();
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((_, context) =>
        {
            calls.Add(TimeProvider.System.GetUtcNow());
            context.Response.Headers.RetryAfter = "2";
            return Task.FromResult<int?>(calls.Count == 1 ? 429 : 200);
        });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"assertions": ["c1"]}""");

        await UntilAsync(() => receiver.Taken.Any(), "it arrives the second time");
        (calls[1] - calls[0]).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync((_, context) =>
        {
            context.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.FromResult<int?>(307);
        });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"assertions": ["c1"]}""");

        await UntilAsync(async () => (await ledger.DeliveriesAsync("s1", "parked")).Count == 1, "it is parked");
        elsewhere.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retraction_goes_ahead_of_other_assertions_backlog_but_behind_its_own_claim()
    {
        var (open, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        var held = 0;
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:Webhooks:TimeoutMs"] = "30000" });
        await using var receiver = await WebhookReceiver.StartAsync(async (m, _) =>
        {
            var isOfFirst = Interlocked.Increment(ref held) <= Dispatcher.InFlightMax;
            await open.Task.WaitAsync(TimeSpan.FromSeconds(30));
            // The backlog is larger than what may be sent at once: the retraction arrives only if it goes ahead of the backlog.
            await (isOfFirst || m.Subject == "assertion-c55" ? Task.CompletedTask : told.Task.WaitAsync(TimeSpan.FromSeconds(30)));
            return 200;
        });
        await ledger.RecordBasicsAsync();
        for (var i = 0; i < 100; i++)
        {
            await ledger.RecordClaimAsync($"c{i}");
        }

        await ledger.RecordAsync("/v1/assertions/c55/retraction", """{"publisher": "gazette", "text": "We take it back", "reason": "wrong", "url": "https://example.org/r"}""");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"sources": ["report"], "types": ["claim_recorded", "retraction_issued"]}""");
        await UntilAsync(() => Volatile.Read(ref held) >= Dispatcher.InFlightMax, "the endpoint has received as many deliveries as may be sent at once");
        await Task.Delay(TimeSpan.FromSeconds(2));      // The rest of the backlog is read meanwhile, also on a machine that is busy.
        open.SetResult();

        await UntilAsync(() => receiver.Taken.Any(m => m.Type == "ledger.retraction_issued.v1"), "the retraction arrives");
        told.SetResult();
        await UntilAsync(() => receiver.Taken.Count() == 101, "all arrive");
        var order = receiver.Taken.ToList();
        var retraction = order.FindIndex(m => m.Type == "ledger.retraction_issued.v1");
        order.FindIndex(m => m is { Subject: "assertion-c55", Type: "ledger.claim_recorded.v1" }).ShouldBeLessThan(retraction);
        retraction.ShouldBeLessThan(45);
    }

    [Fact]
    public async Task A_replay_delivers_the_same_events_again_under_the_same_ids()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.DenyAsync("c1", "No");
        await ledger.SubscribeAsync("s1", receiver.Url, """{"assertions": ["c1"]}""");
        await UntilAsync(async () => (await ledger.SubscriptionAsync("s1")).GetProperty("lag").GetInt64() == 0, "all is delivered");

        await ledger.RecordAsync("/v1/subscriptions/s1/replay", """{"from": 1}""");

        await UntilAsync(() => receiver.Taken.Count() == 4, "both arrive again");
        receiver.Taken.Select(m => m.Id).Distinct().Count().ShouldBe(2);
        receiver.Taken.Skip(2).Select(m => m.Position).ShouldBeInOrder();
    }

    [Fact]
    public async Task After_a_rotation_the_former_secret_signs_beside_the_new_one()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        var former = (await ledger.SubscribeAsync("s1", receiver.Url)).GetProperty("secret").GetString()!;
        var current = (await ledger.RecordAsync("/v1/subscriptions/s1/secret/rotation", "{}")).GetProperty("secret").GetString()!;

        var sent = await ledger.RecordAsync("/v1/subscriptions/s1/test", "{}");

        sent.GetProperty("delivered").GetBoolean().ShouldBeTrue(sent.ToString());
        var message = receiver.All.Single();
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));
        var body = System.Text.Encoding.UTF8.GetBytes(message.Body);
        message.Headers["webhook-signature"].Split(' ').ShouldBe([new WebhookSecrets(current).Sign(message.Id, at, body), new WebhookSecrets(former).Sign(message.Id, at, body)]);
    }

    [Fact]
    public async Task Another_node_takes_over_within_five_seconds()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var receiver = await WebhookReceiver.StartAsync();
        var first = await RunningLedger.StartAsync(database, Settings);
        await first.SubscribeAsync("s1", receiver.Url, """{"types": ["party_recorded"]}""");
        await first.RecordAsync("/v1/parties", """{"id": "p1", "name": "One", "kind": "publisher"}""");
        await UntilAsync(() => receiver.Taken.Count() == 1, "the first node delivers");
        await using var second = await RunningLedger.StartAsync(database, Settings);
        await first.DisposeAsync();

        await second.RecordAsync("/v1/parties", """{"id": "p2", "name": "Two", "kind": "publisher"}""");
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await UntilAsync(() => receiver.Taken.Count() == 2, "the second node delivers");
        System.Diagnostics.Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_name_that_leads_to_loopback_is_refused_when_it_is_called()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:Webhooks:AllowedNetworks"] = null });
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.SubscribeAsync("s1", new UriBuilder(receiver.Url) { Host = "localhost" }.Uri, from: "\"now\"");

        var sent = await ledger.RecordAsync("/v1/subscriptions/s1/test", "{}");

        sent.GetProperty("delivered").GetBoolean().ShouldBeFalse();
        sent.GetProperty("error").GetString().ShouldBe(new TargetRefusedException().Message);
        receiver.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://10.0.0.1/hook")]
    [InlineData("https://user:secret@example.org/hook")]
    [InlineData("ftp://example.org/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://167772161/hook")]
    [InlineData("https://0x0a000001/hook")]
    [InlineData("https://012.0.0.1/hook")]
    [InlineData("https://10.1/hook")]
    [InlineData("https://[::ffff:10.0.0.1]/hook")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/hook")]
    [InlineData("https://[2002:a00:1::1]/hook")]
    [InlineData("https://[fd00:ec2::254]/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    [InlineData("hook")]
    public async Task An_address_that_must_not_be_called_is_refused_when_it_is_given(string url)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);

        var (response, body) = await ledger.PostAsync("/v1/subscriptions", $$"""{"name": "bad", "delivery": {"kind": "webhook", "url": "{{url}}"} }""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("errors").TryGetProperty("delivery.url", out _).ShouldBeTrue(body.ToString());
    }

    [Theory]
    [InlineData("""{"id": "Not an id"}""", "id")]
    [InlineData("""{"filter": {"materiality": ["severe"]}}""", "filter.materiality")]
    public async Task A_subscription_with_an_invalid_id_or_filter_is_refused(string what, string field)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);

        var (response, body) = await ledger.PostAsync("/v1/subscriptions", $$"""{"name": "bad", "delivery": {"kind": "webhook", "url": "https://example.org/hook"}, {{what[1..]}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(body.ToString());
    }
}
