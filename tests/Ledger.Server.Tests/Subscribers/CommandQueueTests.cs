using System.Text;
using Ledger.Testing;
using RabbitMQ.Client;
using static Ledger.Server.Tests.Subscribers.CommandQueueClient;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

public class CommandQueueTests
{
    [Fact]
    public async Task Commands_are_answered_or_refused_with_a_reason_and_may_be_replayed()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString(),
            ["Ledger:Commands:Queue"] = Queue,
            ["Ledger:Commands:Principal"] = "admin",
            ["Ledger:Commands:Queues:0:Name"] = "unbound",
            ["Ledger:Commands:Queues:1:Name"] = "stranger",
            ["Ledger:Commands:Queues:1:Principal"] = "key-0000000000000000",
        });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await using var client = await ConnectAsync(broker);
        await UntilAsync(() => client.IsThereAsync("stranger.dead"), "the queues are declared");

        await client.SendAsync(DenialOf("c1", "k1", "No"), "one");
        await client.SendAsync(DenialOf("c1", "k1", "No"), "one again");
        await client.SendAsync(DenialOf("c1", "k1", "Another body"), "key reused");
        await client.SendAsync(Said.Denial("Binary"), new BasicProperties
        {
            ContentType = "application/json",
            CorrelationId = "binary",
            Headers = new Dictionary<string, object?>
            {
                ["cloudEvents:specversion"] = "1.0", ["cloudEvents:id"] = "k2", ["cloudEvents:source"] = "/tests", ["cloudEvents:type"] = "ledger.deny_assertion.v1", ["cloudEvents:subject"] = "c1",
            },
        });
        await client.SendAsync("{\"no\": ", "malformed");
        await client.SendAsync(DenialOf("c1", "k8", "Señor"), "no UTF-8", encoding: Encoding.Latin1);
        await client.SendAsync(Event("burn_assertion", "c1", "k3", "{}"), "unknown type");
        await client.SendAsync(DenialOf("c2", "k4", "Too early"), "not there yet");
        await client.SendAsync(DenialOf("c1", "k5", "x").Replace("\"statement\"", "\"statment\"", StringComparison.Ordinal), "unknown field");
        await client.SendAsync(DenialOf("c1", "k6", "Unbound"), "unbound", "unbound");
        await client.SendAsync(DenialOf("c1", "k7", "Stranger"), "stranger", "stranger");

        await UntilAsync(() => client.Answers.Count == 11, "all are answered");
        var answers = client.Answers.ToDictionary(a => a.CorrelationId!);
        answers["one"].Status.ShouldBe(201);
        answers["one"].ContentType.ShouldBe("application/json");
        answers["one again"].Json.EventId.ShouldBe(answers["one"].Json.EventId);
        answers["one again"].Headers.ShouldContainKey("ledger-replayed");
        answers["binary"].Status.ShouldBe(201);
        (await ledger.ReadAsync("/v1/assertions/c1/history")).ToString().ShouldNotContain("Unbound");

        var dead = await client.DrainAsync(DeadLetters);
        dead.Select(d => (d.CorrelationId, Code(d))).ShouldBe([
            ("key reused", "idempotency-key-reused"), ("malformed", "malformed-message"), ("no UTF-8", "malformed-message"), ("unknown type", "unknown-command"), ("not there yet", "not-found"), ("unknown field", "invalid-json")]);
        dead[1].Body.ShouldBe("{\"no\": ");
        foreach (var letter in dead)
        {
            answers[letter.CorrelationId!].Json.ToString().ShouldBe(letter.Problem.ToString());
            answers[letter.CorrelationId!].ContentType.ShouldBe("application/problem+json");
        }

        Code((await client.DrainAsync("unbound.dead")).ShouldHaveSingleItem()).ShouldBe("unauthorized");
        Code((await client.DrainAsync("stranger.dead")).ShouldHaveSingleItem()).ShouldBe("unauthorized");

        // What the command needed exists now. The dead letter is sent again unchanged.
        await ledger.RecordClaimAsync("c2");
        await client.SendAsync(dead.Single(d => d.CorrelationId == "not there yet").Body, "replayed");
        await UntilAsync(() => client.Answers.Any(a => a.CorrelationId == "replayed"), "the replayed command is answered");
        client.Answers.Single(a => a.CorrelationId == "replayed").Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_queue_has_the_scopes_of_its_key_and_a_revocation_holds_at_once()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var first = await RunningLedger.StartAsync(database);
        await first.RecordBasicsAsync();
        await first.RecordClaimAsync("c1");
        var key = (await first.RecordAsync("/v1/keys", """{"name": "desk", "scopes": ["record"]}""")).GetProperty("id").GetString()!;
        await using var ledger = await RunningLedger.StartAsync(database, Bound(broker, key));
        await using var client = await ConnectAsync(broker);
        await UntilAsync(() => client.IsThereAsync(DeadLetters), "the queues are declared");

        await client.SendAsync(DenialOf("c1", "k1", "No"), "denial");
        await client.SendAsync(Event("retract_assertion", "c1", "k2", """{"publisher": "gazette", "text": "T", "reason": "r", "url": "https://example.org/n"}"""), "retraction");
        await UntilAsync(() => client.Answers.Count == 2, "both are answered");
        (await first.Http.DeleteAsync(new Uri($"/v1/keys/{key}", UriKind.Relative))).EnsureSuccessStatusCode();
        await client.SendAsync(DenialOf("c1", "k3", "No more"), "revoked");
        await UntilAsync(() => client.Answers.Count == 3, "all are answered");

        client.Answers.Select(a => (a.CorrelationId, a.Status)).ShouldBe([("denial", 201), ("retraction", 403), ("revoked", 401)]);
        (await ledger.ReadAsync("/v1/assertions/c1/history")).ToString().ShouldContain(key);
    }

    [Fact]
    public async Task A_stopped_server_leaves_its_queue_unchanged_and_a_server_that_starts_before_the_broker_connects_later()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await broker.KillNodeAsync();
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using (var ledger = await RunningLedger.StartAsync(database, Bound(broker, "admin")))
        {
            await ledger.RecordBasicsAsync();
            await ledger.RecordClaimAsync("c1");
            await broker.StartNodeAsync();
            await using var declaring = await ConnectAsync(broker);
            await UntilAsync(() => declaring.IsThereAsync(DeadLetters), "the queues are declared");
        }

        await using var client = await ConnectAsync(broker);
        await using (await RunningLedger.StartAsync(database, Bound(broker, "admin")))
        {
            for (var i = 0; i < Many; i++)
            {
                await client.SendAsync(DenialOf("c1", $"k{i}", $"{i:000}"), $"{i}");
            }

            await UntilAsync(() => client.Answers.Count > 5, "some are answered");
        }

        client.Answers.Count.ShouldBeLessThan(Many);
        await using var second = await RunningLedger.StartAsync(database, Bound(broker, "admin"));
        await UntilAsync(() => client.Answers.Select(a => a.CorrelationId).Distinct().Count() == Many, "all are answered");

        var order = (await new Acknowledged().ShouldBeInAsync(second.Store)).Where(e => e.Type == "denial_recorded").Select(e => Statement(e)).ToList();
        order.ShouldBe(Enumerable.Range(0, Many).Select(i => $"{i:000}"));
        (await client.DrainAsync(DeadLetters)).ShouldBeEmpty();
    }

    private const int Many = 200;

    internal static Dictionary<string, string?> Bound(PrivateBroker broker, string principal) =>
        new() { ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString(), ["Ledger:Commands:Principal"] = principal };

    internal static string Statement(Store.RecordedEvent e) => System.Text.Json.JsonElement.Parse(e.Data).GetProperty("statement").GetString()!;

    private static string Code(QueuedAnswer letter) => letter.Problem.GetProperty("type").GetString()!["/problems/".Length..];
}
