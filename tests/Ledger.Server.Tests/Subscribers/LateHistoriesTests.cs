using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>
/// Random histories of restrictions, lapses, withdrawals and kills: each subscriber must receive every event that it may see in the end, of each
/// assertion in order, and nothing that is still hidden. <c>LEDGER_LATE_HISTORIES</c> sets how many; one otherwise.
/// </summary>
public class LateHistoriesTests
{
    private const int Steps = 60;
    private const int Assertions = 6;
    private static readonly string[] Sources = ["report", "other"];

    [Fact]
    public async Task Every_subscriber_receives_what_it_may_see_over_random_restrictions_and_kills()
    {
        var histories = int.Parse(Environment.GetEnvironmentVariable("LEDGER_LATE_HISTORIES") ?? "1", CultureInfo.InvariantCulture);
        var first = Environment.GetEnvironmentVariable("LEDGER_LATE_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next();
        for (var i = 0; i < histories; i++)
        {
            await RunAsync(unchecked(first + i));
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var server = new KillableServer(database);
        await using var receiver = await WebhookReceiver.StartAsync();
        await server.StartAsync();
        await RecordBasicsAsync(server);
        var key = (await PostAsync(server, "/v1/keys", """{"name": "subscriber", "scopes": ["subscribe", "read"]}""")).GetProperty("secret").GetString()!;
        await PostAsync(server, "/v1/subscriptions", $$"""{"id": "all", "name": "all", "delivery": {"kind": "webhook", "url": "{{receiver.Url}}"}, "from": 0}""", key);
        FeedReading[] readings = [new(key, "", 1), new(key, "&types=denial_recorded", 3), new(key, "&source=report", 7), new(key, "", 20)];
        var restrictions = new List<string>();
        for (var step = 1; step <= Steps; step++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    await PostAsync(server, $"/v1/assertions/c{random.Next(Assertions)}/denials",
                        $$"""{"party": "ministry", "statement": "{{step}}", "contests": "whole", "citation": "https://example.org/denial"}""");
                    break;
                case < 8:
                    var target = random.Next(4) == 0 ? $"\"source\": \"{Sources[random.Next(2)]}\"" : $"\"assertion\": \"c{random.Next(Assertions)}\"";
                    var lapses = random.Next(2) == 0;
                    var until = lapses ? $", \"until\": \"{TimeProvider.System.GetUtcNow().AddMilliseconds(random.Next(2_000, 5_000)):yyyy-MM-ddTHH:mm:ss.fffZ}\"" : "";
                    var answer = await PostAsync(server, "/v1/restrictions", $$"""{{{target}}, "reason": "hold"{{until}}}""");
                    if (!lapses && answer.GetProperty("events").EnumerateArray().ToList() is [.., var last])
                    {
                        restrictions.Add(last.GetProperty("id").GetString()!);
                    }

                    break;
                case 8 when restrictions.Count > 0:
                    var lifted = restrictions[random.Next(restrictions.Count)];
                    restrictions.Remove(lifted);
                    await PostAsync(server, $"/v1/events/{lifted}/withdrawal", """{"reason": "it may be told"}""");
                    break;
                case 9 when step % 3 == 0:
                    await server.KillAsync();
                    await server.StartAsync();
                    break;
                default:
                    break;
            }

            foreach (var reading in readings.Where(r => step % r.Every == 0))
            {
                await reading.ReadAsync(server.Http.BaseAddress!, limit: random.Next(1, 12));
            }
        }

        // Half of the open restrictions stay open.
        foreach (var lifted in restrictions.Where((_, i) => i % 2 == 0))
        {
            await PostAsync(server, $"/v1/events/{lifted}/withdrawal", """{"reason": "it may be told"}""");
        }

        await CompareAsync(seed, server, receiver, readings);
    }

    private static async Task CompareAsync(int seed, KillableServer server, WebhookReceiver receiver, FeedReading[] readings)
    {
        var admin = new FeedReading(RunningLedger.AdminKey, "", 1);
        // The lapses, which the ledger records by itself.
        await UntilAsync(
            async () =>
            {
                await admin.DrainAsync(server.Http.BaseAddress!);
                return OpenOf(admin).All(r => r.Until is null);
            }, $"every lapse is recorded (seed {seed})");
        var open = OpenOf(admin).ToList();
        bool IsHidden(JsonElement e) => IsOfAccess(e) || open.Any(r => Covers(r.Target, e));
        foreach (var reading in readings)
        {
            await reading.DrainAsync(server.Http.BaseAddress!);
            Check($"feed {reading.Filter}", reading.Received, admin.Received.Where(e => !IsHidden(e) && reading.Matches(e)).ToList(), []);
        }

        // The restriction itself is delivered at once, unless an earlier event of the same assertion is withheld.
        var expected = admin.Received.Where(e => !IsHidden(e)).ToList();
        await UntilAsync(() => expected.TrueForAll(e => receiver.Taken.Any(m => m.Id == IdOf(e))), $"the webhook has every event (seed {seed})");
        Check("webhook", [.. receiver.Taken.Select(m => m.Event)], expected, ["ledger.access_restricted.v1"]);

        void Check(string who, List<JsonElement> received, List<JsonElement> owed, string[] always)
        {
            var ids = received.Select(IdOf).ToHashSet();
            owed.Where(e => !ids.Contains(IdOf(e))).Select(e => e.ToString()).ShouldBeEmpty($"{who} has all (seed {seed})");
            foreach (var assertion in received.GroupBy(e => e.GetProperty("subject").GetString()))
            {
                assertion.DistinctBy(IdOf).Select(e => e.Position()).ShouldBeInOrder(SortDirection.Ascending, $"{who} has {assertion.Key} in order (seed {seed})");
            }

            received.Where(e => IsOfAccess(e) || (!always.Contains(TypeOf(e)) && open.Any(r => r.Position < e.Position() && Covers(r.Target, e)))).Select(e => e.ToString())
                .ShouldBeEmpty($"{who} has nothing hidden (seed {seed})");
        }
    }

    /// <summary>The restrictions that nothing has withdrawn, by the whole log.</summary>
    private static IEnumerable<(long Position, string Target, string? Until)> OpenOf(FeedReading admin)
    {
        var withdrawn = admin.Received.Where(e => TypeOf(e) == "ledger.withdrawn.v1").Select(e => e.GetProperty("data").GetProperty("event").GetString()).ToHashSet();
        return from e in admin.Received
               where TypeOf(e) == "ledger.access_restricted.v1" && !withdrawn.Contains(IdOf(e))
               select (e.Position(), e.GetProperty("subject").GetString()!, e.GetProperty("data").TryGetProperty("until", out var until) ? until.ToString() : null);
    }

    /// <summary>The assertions of even numbers stand in the first source.</summary>
    private static bool Covers(string target, JsonElement e)
    {
        var subject = e.GetProperty("subject").GetString()!;
        return subject == target || (target.StartsWith("source-", StringComparison.Ordinal) && subject.StartsWith("assertion-c", StringComparison.Ordinal) && SourceOf(subject) == target["source-".Length..]);
    }

    private static bool IsOfAccess(JsonElement e) => Ids.IsOfAccess(e.GetProperty("subject").GetString()!);

    private static string SourceOf(string assertion) => Sources[int.Parse(assertion["assertion-c".Length..], CultureInfo.InvariantCulture) % 2];

    private static string? TypeOf(JsonElement e) => e.GetProperty("type").GetString();

    private static string? IdOf(JsonElement e) => e.GetProperty("id").GetString();

    private static async Task RecordBasicsAsync(KillableServer server)
    {
        await server.RecordAsync("/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}""");
        await server.RecordAsync("/v1/parties", """{"id": "ministry", "name": "The Ministry", "kind": "government"}""");
        foreach (var source in Sources)
        {
            await server.RecordAsync("/v1/sources", $$"""{"id": "{{source}}", "kind": "report", "title": "A report", "publisher": "gazette"}""");
            await server.RecordAsync($"/v1/sources/{source}/versions", """{"edition": "print", "seen": true}""");
        }

        for (var i = 0; i < Assertions; i++)
        {
            await server.RecordAsync("/v1/assertions", $$"""{"id": "c{{i}}", "proposition": "P", "source": {"id": "{{Sources[i % 2]}}", "version": 1}, "attribution": []}""");
        }
    }

    private static async Task<JsonElement> PostAsync(KillableServer server, string path, string json, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }

    /// <summary>A reader of the feed, with what it received: late events come before the other events of the same page.</summary>
    private sealed class FeedReading(string key, string filter, int every)
    {
        private static readonly HttpClient Http = new();
        private long _after;

        public string Filter => filter;

        public int Every => every;

        public List<JsonElement> Received { get; } = [];

        public bool Matches(JsonElement e) => filter switch
        {
            "" => true,
            "&types=denial_recorded" => TypeOf(e) == "ledger.denial_recorded.v1",
            _ => Covers("source-report", e),
        };

        public async Task<bool> ReadAsync(Uri server, int limit)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, $"/v1/events?after={_after}&limit={limit}{filter}"));
            request.Headers.Authorization = new("Bearer", key);
            using var response = await Http.SendAsync(request);
            var page = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            if (page.TryGetProperty("late", out var late))
            {
                Received.AddRange(late.EnumerateArray());
            }

            Received.AddRange(page.GetProperty("events").EnumerateArray());
            _after = page.GetProperty("next").GetInt64();
            return _after < page.GetProperty("head").GetInt64();
        }

        public async Task DrainAsync(Uri server)
        {
            while (await ReadAsync(server, 1_000))
            {
            }
        }
    }
}
