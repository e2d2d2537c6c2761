using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>
/// Three subscribers, two of them faulty, while the server is killed without warning. LEDGER_FAULT_EVENTS and LEDGER_FAULT_KILLS set
/// the long form (20,000 and 5); docs/operations.md names the command.
/// </summary>
public class SubscribersUnderFaultsTests
{
    private const int Assertions = 50;
    private const int Writers = 8;
    private const string FailingSubject = "assertion-c7";

    /// <summary>A healthy subscriber has received an event within this time after its recording, even while other tests keep the machine busy.</summary>
    private static readonly TimeSpan HeldUpMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Every_event_arrives_in_order_or_is_parked_and_visible_while_the_server_is_killed()
    {
        var events = Number("LEDGER_FAULT_EVENTS", 2_000);
        var kills = Number("LEDGER_FAULT_KILLS", 2);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var healthy = await WebhookReceiver.StartAsync();
        await using var random = await WebhookReceiver.StartAsync((_, _) => RandomFaultAsync());
        await using var stubborn = await WebhookReceiver.StartAsync((m, _) => Task.FromResult<int?>(m.Subject == FailingSubject ? 500 : 200));
        await using (var preparation = await RunningLedger.StartAsync(database, Settings))
        {
            await preparation.RecordBasicsAsync();
            for (var i = 0; i < Assertions; i++)
            {
                await preparation.RecordClaimAsync($"c{i}");
            }

            foreach (var (id, receiver) in new[] { ("healthy", healthy), ("random", random), ("stubborn", stubborn) })
            {
                await preparation.SubscribeAsync(id, receiver.Url, """{"types": ["denial_recorded"]}""");
            }
        }

        await using var server = new KillableServer(database);
        await server.StartAsync();
        var next = 0;
        var down = new List<(DateTimeOffset From, DateTimeOffset To)>();
        var writing = Enumerable.Range(0, Writers).Select(_ => WriteAsync(server, () => Interlocked.Increment(ref next), events)).ToList();
        for (var kill = 1; kill <= kills; kill++)
        {
            await UntilAsync(() => Volatile.Read(ref next) > events * kill / (kills + 1), "the writers have reached this point");
            var killed = TimeProvider.System.GetUtcNow();
            await server.KillAsync();
            await server.StartAsync();
            down.Add((killed, TimeProvider.System.GetUtcNow() + HeldUpMax));
        }

        await Task.WhenAll(writing);
        var expected = await ExpectedAsync(server, events);
        await UntilAsync(() => Positions(healthy).Count == events, "the healthy one has all events");
        await UntilAsync(async () => Positions(random).Union(await ParkedAsync(server, "random")).Count() == events, "the random one has all events, or they are parked");
        await UntilAsync(async () => Positions(stubborn).Union(await ParkedAsync(server, "stubborn")).Count() == events, "the stubborn one too");

        (await ParkedAsync(server, "healthy")).ShouldBeEmpty();
        var undisturbed = healthy.Taken.Where(m => !down.Exists(d => m.RecordedAt < d.To && m.At > d.From)).ToList();
        undisturbed.Count.ShouldBeGreaterThan(0, "some were recorded and delivered while the server ran");
        undisturbed.Max(m => m.At - m.RecordedAt).ShouldBeLessThan(HeldUpMax, "the healthy one is never held up");
        Positions(healthy).ShouldBe(expected, ignoreOrder: true);
        Positions(stubborn).Count.ShouldBe(events - (events / Assertions));
        foreach (var receiver in new[] { healthy, random, stubborn })
        {
            foreach (var subject in receiver.Taken.GroupBy(m => m.Subject))
            {
                subject.DistinctBy(m => m.Position).Select(m => m.Position).ShouldBeInOrder();
            }

            receiver.All.GroupBy(m => m.Position).ShouldAllBe(g => g.Select(m => m.Id).Distinct().Count() == 1);
        }
    }

    private static async Task<int?> RandomFaultAsync()
    {
        switch (Random.Shared.Next(20))
        {
            case 0:
                return 500;
            case 1:
                return null;
            case 2 when Random.Shared.Next(20) == 0:
                await Task.Delay(2_500);
                return 200;
            default:
                return 200;
        }
    }

    /// <summary>Each event has a key of its own, so that what was sent again after a kill is appended once.</summary>
    private static async Task WriteAsync(KillableServer server, Func<int> take, int events)
    {
        for (var number = take(); number <= events; number = take())
        {
            while (!await TryDenyAsync(server, number))
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task<bool> TryDenyAsync(KillableServer server, int number)
    {
        var body = $$"""{"party": "ministry", "statement": "No, for the {{number}}th time", "contests": "whole", "citation": "https://example.org/denial"}""";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/assertions/c{number % Assertions}/denials")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", $"\"denial-{number.ToString(CultureInfo.InvariantCulture)}\"");
            using var response = await server.Http.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static HashSet<long> Positions(WebhookReceiver receiver) => [.. receiver.Taken.Select(m => m.Position)];

    private static async Task<List<long>> ParkedAsync(KillableServer server, string id)
    {
        var parked = new List<long>();
        for (string? page = $"/v1/subscriptions/{id}/deliveries?state=parked&limit=1000"; page is not null;)
        {
            var body = JsonElement.Parse(await server.Http.GetStringAsync(new Uri(page, UriKind.Relative)));
            parked.AddRange(body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("position").GetInt64()));
            page = body.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return parked;
    }

    private static async Task<List<long>> ExpectedAsync(KillableServer server, int events)
    {
        var expected = new List<long>();
        for (long after = 0, head = 1; after < head;)
        {
            var page = JsonElement.Parse(await server.Http.GetStringAsync(new Uri($"/v1/events?types=denial_recorded&limit=1000&after={after}", UriKind.Relative)));
            expected.AddRange(page.GetProperty("events").EnumerateArray().Select(e => long.Parse(e.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture)));
            (after, head) = (page.GetProperty("next").GetInt64(), page.GetProperty("head").GetInt64());
        }

        expected.Count.ShouldBe(events);
        return expected;
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;
}
