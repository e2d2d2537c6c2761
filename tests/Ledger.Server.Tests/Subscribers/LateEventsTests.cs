using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A restriction hides events and never loses them: withheld events are delivered when it ends.</summary>
public class LateEventsTests
{
    private const string Denial = "ledger.denial_recorded.v1";
    private const string Correction = "ledger.correction_issued.v1";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Theory]
    [InlineData("assertion", "c1", false)]
    [InlineData("assertion", "c1", true)]
    [InlineData("source", "report", false)]
    [InlineData("source", "report", true)]
    public async Task What_was_withheld_reaches_every_channel_when_the_restriction_ends(string target, string id, bool lapses)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await RecordTwoSourcesAsync(ledger);
        await ledger.RecordClaimAsync("c1");
        using var subscriber = ledger.Client(await KeyAsync(ledger));
        await SubscribeAsync(subscriber, "all", receiver.Url, "{}");
        await SubscribeAsync(subscriber, "retractions", receiver.Url, """{"types": ["retraction_issued"]}""");
        using var stream = new StreamReading(ledger, "/v1/events/stream");
        var head = await ledger.Store.HeadAsync();
        await UntilAsync(() => stream.Events.Count == head - 1 && receiver.All.Count == head - 1, "all have every public event (the creation of the key is not public)");

        var until = lapses ? $$""", "until": "{{TimeProvider.System.GetUtcNow().AddSeconds(12):yyyy-MM-ddTHH:mm:ss.fffZ}}" """ : "";
        var restriction = await ledger.RecordAsync("/v1/restrictions", $$"""{"{{target}}": "{{id}}", "reason": "embargo"{{until}}}""");
        await ledger.DenyAsync("c1", "No");
        await CorrectAsync(ledger, "c1");
        var open = await RecordOtherAsync(ledger, "c2");
        await UntilAsync(() => stream.LastId == open, "the stream has passed the withheld events");
        await UntilAsync(() => receiver.All.Any(m => m.Subject == "assertion-c2"), "the subscriber has what is public");
        var (_, passed) = await ledger.GetAsync($"/v1/events?after={head}");
        passed.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("subject").GetString()).ShouldBe(["assertion-c2"]);
        var cursor = passed.GetProperty("next").GetInt64();

        if (!lapses)
        {
            await ledger.RecordAsync($"/v1/events/{restriction.EventId}/withdrawal", """{"reason": "it may be told"}""");
        }

        var (_, page) = await ledger.GetAsync($"/v1/events?after={cursor}&wait=40s");
        var end = page.GetProperty("next").GetInt64();
        page.GetProperty("events").EnumerateArray().Last().Position().ShouldBe(end);
        var late = page.GetProperty("late").EnumerateArray().ToList();
        late.ShouldAllBe(e => e.GetProperty("withheld").GetString() == Text(end));
        late.Select(e => e.Position()).ShouldBeInOrder();
        late.Select(e => e.GetProperty("type").GetString()).ShouldBe(
            target == "source"
                ? ["ledger.source_registered.v1", "ledger.version_captured.v1", "ledger.claim_recorded.v1", "ledger.access_restricted.v1", Denial, Correction]
                : ["ledger.claim_recorded.v1", "ledger.access_restricted.v1", Denial, Correction]);

        await UntilAsync(() => stream.LastId == Text(end), "the stream has reached the end of the restriction");
        var frames = stream.Events;
        var between = frames.SkipWhile(f => f.Id != open).Skip(1).TakeWhile(f => f.Id != Text(end)).ToList();
        between.Select(f => f.Data).TakeLast(2).Select(TypeOf).ShouldBe([Denial, Correction]);
        frames.Count(f => TypeOf(f.Data) == Denial).ShouldBe(1);

        await UntilAsync(() => receiver.All.Any(m => m.Position == end), "the webhook has reached the end of the restriction");
        var sent = receiver.All.ToList();
        sent.FindIndex(m => m.Type == Denial).ShouldBeInRange(0, sent.FindIndex(m => m.Type == Correction));
        sent.FindIndex(m => m.Type == Correction).ShouldBeLessThan(sent.FindIndex(m => m.Position == end));
        sent.Where(m => m.Type is Denial or Correction).ShouldAllBe(m => m.Event.GetProperty("withheld").GetString() == Text(end));
        sent.Count(m => m.Type == Denial).ShouldBe(1);
        sent.Where(m => m.Subject == "assertion-c2").ShouldAllBe(m => !m.Body.Contains("withheld"));
        (await ledger.SubscriptionAsync("retractions")).GetProperty("parked").GetInt64().ShouldBe(0);

        var entry = XDocument.Parse(await ledger.Public.GetStringAsync(new Uri("/feeds/corrections.atom", UriKind.Relative))).Root!.Elements(Atom + "entry").First();
        entry.Element(Atom + "updated")!.Value.ShouldBe(page.GetProperty("events").EnumerateArray().Last().GetProperty("time").GetString());
        entry.Element(Atom + "published")!.Value.ShouldBe(late[^1].GetProperty("time").GetString());
    }

    [Fact]
    public async Task Withheld_events_follow_the_filter_even_when_it_hides_the_end_of_the_restriction()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await RecordTwoSourcesAsync(ledger);
        await ledger.RecordClaimAsync("c1");
        var restriction = await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "hold"}""");
        await ledger.DenyAsync("c1", "No");
        var cursor = await ledger.Store.HeadAsync();
        await ledger.RecordAsync($"/v1/events/{restriction.EventId}/withdrawal", """{"reason": "it may be told"}""");
        var end = await ledger.Store.HeadAsync();
        await RecordOtherAsync(ledger, "c2");

        var (_, denials) = await ledger.GetAsync($"/v1/events?after={cursor}&types=denial_recorded");
        var (_, retractions) = await ledger.GetAsync($"/v1/events?after={cursor}&types=retraction_issued");
        var (_, fresh) = await ledger.GetAsync("/v1/events?after=0");
        var (_, audit) = await ledger.GetAsync($"/v1/events?after={cursor}", asPublic: false);

        denials.GetProperty("late").EnumerateArray().Select(TypeOf).ShouldBe([Denial]);
        denials.GetProperty("next").GetInt64().ShouldBe(end);
        retractions.TryGetProperty("late", out _).ShouldBeFalse();
        retractions.GetProperty("next").GetInt64().ShouldBeGreaterThan(end);
        // A reader that begins now gets each event at its own position, and so did the auditor all the time.
        fresh.TryGetProperty("late", out _).ShouldBeFalse();
        fresh.GetProperty("events").EnumerateArray().Select(TypeOf).ShouldContain(Denial);
        audit.TryGetProperty("late", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task When_the_source_is_restricted_too_nothing_is_delivered_until_both_restrictions_have_ended()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await RecordTwoSourcesAsync(ledger);
        await ledger.RecordClaimAsync("c1");
        using var subscriber = ledger.Client(await KeyAsync(ledger));
        await SubscribeAsync(subscriber, "denials", receiver.Url, """{"types": ["denial_recorded"]}""");
        var one = await ledger.RecordAsync("/v1/restrictions", """{"assertion": "c1", "reason": "hold"}""");
        var other = await ledger.RecordAsync("/v1/restrictions", """{"source": "report", "reason": "legal"}""");
        await ledger.DenyAsync("c1", "No");
        var cursor = await ledger.Store.HeadAsync();
        await UntilAsync(async () => (await ledger.DeliveriesAsync("denials", "pending")).Count == 1, "the denial waits");

        await ledger.RecordAsync($"/v1/events/{one.EventId}/withdrawal", """{"reason": "it may be told"}""");
        var (_, first) = await ledger.GetAsync($"/v1/events?after={cursor}");
        first.TryGetProperty("late", out _).ShouldBeFalse();
        await ledger.RecordAsync($"/v1/events/{other.EventId}/withdrawal", """{"reason": "it may be told"}""");
        var end = await ledger.Store.HeadAsync();

        var (_, second) = await ledger.GetAsync($"/v1/events?after={first.GetProperty("next").GetInt64()}&types=denial_recorded");
        second.GetProperty("late").EnumerateArray().Select(e => e.GetProperty("withheld").GetString()).ShouldBe([Text(end)]);
        await UntilAsync(() => !receiver.All.IsEmpty, "the denial arrives");
        receiver.All.ShouldHaveSingleItem().Event.GetProperty("withheld").GetString().ShouldBe(Text(end));
        (await ledger.DeliveriesAsync("denials", "parked")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_end_that_passed_while_no_server_ran_is_recorded_at_the_next_start()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        long cursor;
        DateTimeOffset until;
        await using (var ledger = await RunningLedger.StartAsync(database, Settings))
        {
            await RecordTwoSourcesAsync(ledger);
            await ledger.RecordClaimAsync("c1");
            until = TimeProvider.System.GetUtcNow().AddSeconds(10);
            await ledger.RecordAsync("/v1/restrictions", $$"""{"assertion": "c1", "reason": "embargo", "until": "{{until:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""");
            await ledger.DenyAsync("c1", "No");
            cursor = await ledger.Store.HeadAsync();
        }

        while (TimeProvider.System.GetUtcNow() <= until)
        {
            await Task.Delay(50);
        }

        await using var next = await RunningLedger.StartAsync(database, Settings);
        var (_, page) = await next.GetAsync($"/v1/events?after={cursor}&wait=40s");
        page.GetProperty("late").EnumerateArray().Select(TypeOf).ShouldContain(Denial);
        var (_, history) = await next.GetAsync("/v1/assertions/c1/history");
        history.GetRawText().ShouldContain("policy:restrictions");
        (await next.Store.HeadAsync()).ShouldBe(page.GetProperty("next").GetInt64());
    }

    internal static string? TypeOf(JsonElement e) => e.GetProperty("type").GetString();

    internal static async Task<string> KeyAsync(RunningLedger ledger) =>
        (await ledger.RecordAsync("/v1/keys", """{"name": "subscriber", "scopes": ["subscribe"]}""")).GetProperty("secret").GetString()!;

    internal static async Task SubscribeAsync(HttpClient client, string id, Uri url, string filter)
    {
        using var body = new StringContent(
            $$"""{"id": "{{id}}", "name": "{{id}}", "delivery": {"kind": "webhook", "url": "{{url}}"}, "filter": {{filter}}, "from": 0}""", Encoding.UTF8, "application/json");
        using var made = await client.PostAsync(new Uri("/v1/subscriptions", UriKind.Relative), body);
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
    }

    internal static async Task RecordTwoSourcesAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/sources", """{"id": "other", "kind": "report", "title": "Another report", "publisher": "gazette"}""");
        await ledger.RecordAsync("/v1/sources/other/versions", """{"edition": "print", "seen": true}""");
    }

    private static string Text(long position) => position.ToString(CultureInfo.InvariantCulture);

    private static string? TypeOf(string data) => TypeOf(JsonElement.Parse(data));

    private static async Task<string> RecordOtherAsync(RunningLedger ledger, string id) =>
        Text((await ledger.RecordAsync("/v1/assertions", $$"""{"id": "{{id}}", "proposition": "P", "source": {"id": "other", "version": 1}, "attribution": []}""")).GetProperty("position").GetInt64());

    private static Task<JsonElement> CorrectAsync(RunningLedger ledger, string id) => ledger.RecordAsync($"/v1/assertions/{id}/corrections", """
        {"publisher": "gazette", "text": "T", "reason": "r", "citation": "c", "materiality": "minor", "changes": [{"field": "modality", "before": "asserted", "after": "hedged"}]}
        """);
}

internal static class LateEventExtensions
{
    extension(JsonElement e)
    {
        public long Position() => long.Parse(e.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture);
    }
}
