using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class CrashTests
{
    private const int Writers = 16;

    /// <summary>Seconds on an idle machine; tests run beside others.</summary>
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_server_killed_under_load_loses_nothing_that_it_acknowledged_and_repeats_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await RecordClaimsAsync(ledger);
        var acknowledged = new Acknowledged();
        var unanswered = new ConcurrentBag<(int Writer, int Number)>();
        await using var first = await ServerProcess.ServeAsync(database);
        using var client = Client(first.BaseAddress);

        var load = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; ; number++)
            {
                try
                {
                    var (status, answer) = await DenyAsync(client, writer, number);
                    status.ShouldBe(HttpStatusCode.Created, answer);
                    acknowledged.Take(JsonElement.Parse(answer));
                }
                catch (HttpRequestException)
                {
                    unanswered.Add((writer, number));
                    return;
                }
            }
        })).ToList();
        var began = Stopwatch.GetTimestamp();
        while (acknowledged.Count <= Writers && Stopwatch.GetElapsedTime(began) < RecoveryMax)
        {
            await Task.Delay(20);   // A server that was just started compiles first.
        }

        await Task.Delay(LoadTime);
        await first.KillAsync();
        await Task.WhenAll(load);
        acknowledged.Count.ShouldBeGreaterThan(Writers);
        unanswered.Count.ShouldBe(Writers);

        await using var second = await ServerProcess.ServeAsync(database);
        using var again = Client(second.BaseAddress);
        foreach (var (writer, number) in unanswered)
        {
            var (status, answer) = await DenyAsync(again, writer, number);
            status.ShouldBe(HttpStatusCode.Created, answer);
            acknowledged.Take(JsonElement.Parse(answer));
        }

        var log = await acknowledged.ShouldBeInAsync(ledger.Store);
        log.Count(e => e.Type == "denial_recorded").ShouldBe(acknowledged.Count);
    }

    [Fact]
    public async Task PostgreSQL_killed_under_load_means_503_with_a_time_to_come_back_and_recovery_by_itself()
    {
        await using var postgres = await TestPostgres.StartAsync();
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var ledger = await RunningLedger.StartAsync(database, new Dictionary<string, string?> { ["Logging:LogLevel:Ledger.Http"] = "None" });
        await RecordClaimsAsync(ledger);
        var acknowledged = new Acknowledged();
        var surprises = new ConcurrentBag<string>();
        var (killedAt, recovered) = (0L, 0);
        var began = Stopwatch.GetTimestamp();
        bool Going() => Stopwatch.GetElapsedTime(began) is var t && (t < LoadTime || (Volatile.Read(ref recovered) < Writers && t < RecoveryMax));

        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var (number, isBack) = (0, false);
            while (Going())
            {
                var after = Volatile.Read(ref killedAt) > 0;
                using var response = await SendAsync(ledger.Http, writer, number);
                var text = await response.Content.ReadAsStringAsync();
                if (response.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Take(JsonElement.Parse(text));
                    number++;
                    if (after && !isBack)
                    {
                        isBack = true;
                        Interlocked.Increment(ref recovered);
                    }
                }
                else
                {
                    await NoteAsync(response, text);
                }
            }
        }));
        var readers = new[] { "/v1/assertions/c1", "/v1/assertions?limit=5", "/v1/events?limit=5", "/v1/assertions/c1/history" }.Select(path => Task.Run(async () =>
        {
            while (Going())
            {
                using var response = await ledger.Public.GetAsync(new Uri(path, UriKind.Relative));
                if (!response.IsSuccessStatusCode)
                {
                    await NoteAsync(response, $"{path}: {await response.Content.ReadAsStringAsync()}");
                }

                await Task.Delay(20);
            }
        }));
        var load = Task.WhenAll([.. writers, .. readers]);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Process.GetProcessById(postgres.ProcessId).Kill();
        Volatile.Write(ref killedAt, Stopwatch.GetTimestamp());
        await load;

        // Every refusal in the meantime was a 503 with Retry-After. If the cluster comes back within the appender's
        // own retry time (it is restarted at once), nothing is refused: that is the better outcome.
        surprises.ShouldBeEmpty();
        recovered.ShouldBe(Writers, $"after {Stopwatch.GetElapsedTime(killedAt)}");
        var log = await acknowledged.ShouldBeInAsync(ledger.Store);
        log.Count(e => e.Type == "denial_recorded").ShouldBeInRange(acknowledged.Count, acknowledged.Count + Writers);
        (await ledger.ListAsync("label=denied&limit=500")).Count.ShouldBe(Writers);
        (await ledger.GetAsync("/health/ready")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task NoteAsync(HttpResponseMessage response, string text)
        {
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || !(response.Headers.RetryAfter?.Delta > TimeSpan.Zero)
                || response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            {
                surprises.Add($"{response.StatusCode} {text}");
            }

            await Task.Delay(20);
        }
    }

    private static async Task RecordClaimsAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        for (var writer = 0; writer < Writers; writer++)
        {
            await ledger.RecordClaimAsync($"c{writer}0");
        }

        await ledger.RecordClaimAsync("c1");
    }

    private static HttpClient Client(Uri address) => new()
    {
        BaseAddress = address,
        DefaultRequestHeaders = { { "Authorization", $"Bearer {RunningLedger.AdminKey}" } },
    };

    private static async Task<(HttpStatusCode Status, string Answer)> DenyAsync(HttpClient client, int writer, int number)
    {
        using var response = await SendAsync(client, writer, number);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, int writer, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/assertions/c{writer}0/denials")
        {
            Content = new StringContent(Said.Denial($"Denial {writer} {number}"), Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", $"\"{writer}-{number}\"" } },
        };
        return await client.SendAsync(request);
    }
}
