using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Npgsql;
using Xunit.Abstractions;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>Servers on one database share out the subscriptions, while one is killed, one paused and resumed, one added and one drained.</summary>
public sealed class SeveralNodesTests(ITestOutputHelper output)
{
    private const int Subscriptions = 30;
    private const int Assertions = 20;

    /// <summary>
    /// When this is set to any value, the limit of ten seconds is checked; the test then needs the machine for itself. Otherwise a node only has to be replaced.
    /// </summary>
    private const string LongForm = "LEDGER_NODES_LONG";

    private static readonly TimeSpan TakeoverMax = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable(LongForm) is null ? 60 : 10);
    private static readonly TimeSpan WritePause = TimeSpan.FromMilliseconds(100);
    private static readonly HashSet<long> Keys = [.. Enumerable.Range(0, Subscriptions).Select(s => Lease.KeyOf($"subscription s{s}"))];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<ReceivedMessage>> _received = new(
        Enumerable.Range(0, Subscriptions).Select(s => KeyValuePair.Create($"s{s}", new ConcurrentQueue<ReceivedMessage>())));

    [Fact]
    public async Task Work_is_spread_evenly_and_every_subscription_goes_on_while_nodes_die_pause_join_and_drain()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var receiver = await WebhookReceiver.StartAsync((message, context) =>
        {
            _received[context.Request.Query["s"].ToString()].Enqueue(message);
            return Task.FromResult<int?>(204);
        });
        await using var first = await StartAsync(database, "first");
        await using var killed = await StartAsync(database, "killed");
        await using var paused = await StartAsync(database, "paused");
        using var http = Client(first);
        await PrepareAsync(http, receiver.Url);
        using var enough = new CancellationTokenSource();
        var writing = WriteAsync(first, enough.Token);
        try
        {
            await SpreadAsync(database, "first", "killed", "paused");

            await GoesOnAsync("a node was killed", killed.KillAsync);
            await SpreadAsync(database, "first", "paused");

            await using var added = await StartAsync(database, "added");
            await SpreadAsync(database, "first", "paused", "added");

            await GoesOnAsync("a node was paused", () =>
            {
                paused.Pause();
                return Task.CompletedTask;
            });
            await SpreadAsync(database, "first", "added");
            paused.Resume();
            await SpreadAsync(database, "first", "added", "paused");

            await GoesOnAsync("a node was drained", added.TerminateAsync);
            await SpreadAsync(database, "first", "paused");
        }
        finally
        {
            await enough.CancelAsync();
            await writing;
        }

        await VerifyAsync(http);
    }

    private static HttpClient Client(ServerProcess node) => new()
    {
        BaseAddress = node.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", RunningLedger.AdminKey) },
    };

    private static Task<ServerProcess> StartAsync(TestDatabase database, string name) => ServerProcess.ServeAsync(database, new Dictionary<string, string?>(Settings)
    {
        ["ConnectionStrings:Ledger"] = new NpgsqlConnectionStringBuilder(database.ServiceConnectionString) { ApplicationName = name, MaxPoolSize = 60 }.ConnectionString,
    });

    private static async Task PrepareAsync(HttpClient http, Uri url)
    {
        await PostAsync(http, "/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}""");
        await PostAsync(http, "/v1/parties", """{"id": "ministry", "name": "The Ministry", "kind": "government"}""");
        await PostAsync(http, "/v1/sources", """{"id": "report", "kind": "report", "title": "A report", "publisher": "gazette", "timeZone": "Europe/London"}""");
        await PostAsync(http, "/v1/sources/report/versions", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}""");
        for (var a = 0; a < Assertions; a++)
        {
            await PostAsync(http, "/v1/assertions", $$"""{"id": "c{{a}}", "proposition": "It is so", "source": {"id": "report", "version": 1}, "attribution": [{"party": "ministry"}]}""");
        }

        for (var s = 0; s < Subscriptions; s++)
        {
            await PostAsync(http, "/v1/subscriptions", $$"""{"id": "s{{s}}", "name": "s{{s}}", "delivery": {"kind": "webhook", "url": "{{url}}?s=s{{s}}"}, "filter": {"types": ["denial_recorded"]}, "from": 0}""");
        }
    }

    private static async Task PostAsync(HttpClient http, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private static async Task WriteAsync(ServerProcess node, CancellationToken enough)
    {
        using var http = Client(node);
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            await PostAsync(http, $"/v1/assertions/c{number % Assertions}/denials", Said.Denial($"No, for the {number}th time"));
            await Task.Delay(WritePause, CancellationToken.None);
        }
    }

    /// <summary>Does something to a node, and waits until every subscription has received what was recorded after it.</summary>
    private async Task GoesOnAsync(string what, Func<Task> happen)
    {
        var began = Stopwatch.GetTimestamp();
        var at = TimeProvider.System.GetUtcNow();
        var happening = happen();
        await UntilAsync(() => Task.FromResult(_received.Values.All(r => r.Any(m => m.RecordedAt > at))), () => $"every subscription goes on after {what}");
        output.WriteLine($"Every subscription went on {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after {what}.");
        await happening;
    }

    /// <summary>Waits until the nodes serve all subscriptions, each the same number.</summary>
    private async Task SpreadAsync(TestDatabase database, params string[] nodes)
    {
        var began = Stopwatch.GetTimestamp();
        var served = new Dictionary<string, int>();
        await UntilAsync(async () =>
        {
            served = await ServedAsync(database);
            return nodes.All(n => served.GetValueOrDefault(n) == Subscriptions / nodes.Length);
        }, () => $"{string.Join(", ", nodes)} serve as many each, and not {string.Join(", ", served)}");
        output.WriteLine($"Spread over {string.Join(", ", served)} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s.");
    }

    /// <summary>How many subscriptions each node serves, by the leases that its sessions hold.</summary>
    private static async Task<Dictionary<string, int>> ServedAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false });
        await using var command = source.CreateCommand("""
            select a.application_name, (l.classid::bigint << 32) | l.objid::bigint from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and a.datname = current_database()
            """);
        var served = new Dictionary<string, int>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (Keys.Contains(row.GetInt64(1)))
            {
                served[row.GetString(0)] = served.GetValueOrDefault(row.GetString(0)) + 1;
            }
        }

        return served;
    }

    /// <summary>Nothing is lost, and the first time that an event arrives keeps the order of its assertion.</summary>
    private async Task VerifyAsync(HttpClient http)
    {
        var expected = new List<long>();
        for (long after = 0, head = 1; after < head;)
        {
            var page = JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/events?types=denial_recorded&limit=1000&after={after.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative)));
            expected.AddRange(page.GetProperty("events").EnumerateArray().Select(e => long.Parse(e.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture)));
            (after, head) = (page.GetProperty("next").GetInt64(), page.GetProperty("head").GetInt64());
        }

        await UntilAsync(() => Task.FromResult(_received.Values.All(r => r.DistinctBy(m => m.Position).Count() == expected.Count)), () => "all has arrived");
        foreach (var messages in _received.Values)
        {
            messages.Select(m => m.Position).Distinct().Order().ShouldBe(expected);
            foreach (var subject in messages.GroupBy(m => m.Subject))
            {
                subject.DistinctBy(m => m.Position).Select(m => m.Position).ShouldBeInOrder();
            }
        }

        output.WriteLine($"{expected.Count} events to {Subscriptions} subscriptions; {_received.Values.Sum(r => r.Count) - (expected.Count * Subscriptions)} came twice.");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TakeoverMax, what());
            await Task.Delay(100);
        }
    }
}
