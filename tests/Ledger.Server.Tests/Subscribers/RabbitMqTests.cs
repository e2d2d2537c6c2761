using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

public class RabbitMqTests
{
    private const int Claims = 200;

    [Fact]
    public async Task No_message_is_lost_and_order_is_kept_while_the_broker_is_killed_in_mid_stream()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await DeclareQueueAsync(broker);
        // On a busy machine the broker needs longer to come back than the retry schedule of the other tests lasts. The message would then be parked.
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings)
        {
            ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString(),
            ["Ledger:Webhooks:RetrySchedule"] = string.Join(',', Enumerable.Repeat("00:00:01", 100)),
        });
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/subscriptions", """
            {"id": "b1", "name": "broker", "delivery": {"kind": "rabbitmq", "exchange": "ledger"}, "filter": {"sources": ["report"], "types": ["claim_recorded", "denial_recorded"]}, "from": 0}
            """);

        for (var i = 0; i < Claims; i++)
        {
            await ledger.RecordClaimAsync($"c{i}");
            await ledger.DenyAsync($"c{i}", "No");
            if (i == Claims / 2)
            {
                await broker.KillNodeAsync();
            }
        }

        await broker.StartNodeAsync();
        var messages = await ReceiveAsync(broker, 2 * Claims);

        messages.DistinctBy(m => m.Id).Count().ShouldBe(2 * Claims);
        foreach (var subject in messages.GroupBy(m => m.Subject))
        {
            subject.DistinctBy(m => m.Id).Select(m => m.Position).ShouldBeInOrder();
        }

        var first = messages[0];
        first.ContentType.ShouldBe("application/cloudevents+json");
        first.RoutingKey.ShouldBe($"{first.Type}.{first.Subject}");
        first.Persistent.ShouldBeTrue();
        // What was published before the log was first signed carries no head; what came after does.
        Encoding.UTF8.GetString(Convert.FromBase64String(messages[^1].Checkpoint!)).ShouldContain("\n\n\u2014 ");
    }

    [Fact]
    public async Task The_guides_consumer_takes_what_is_published_and_acknowledges_it()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString() });
        using var stop = new CancellationTokenSource();
        var heard = new ConcurrentQueue<(string Id, JsonElement Event)>();
        var consuming = GuideRabbitMqExample.RunAsync(broker.Uri, (id, e) => { heard.Enqueue((id, e)); return Task.CompletedTask; }, stop.Token);
        await UntilAsync(() => QueuedAsync(broker), "the consumer has declared its queue");
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/subscriptions", """{"id": "b1", "name": "broker", "delivery": {"kind": "rabbitmq", "exchange": "ledger"}, "from": 0}""");

        await ledger.RecordAsync("/v1/assertions/c1/retraction", """{"publisher": "gazette", "text": "T", "reason": "r", "url": "https://example.org/n"}""");

        await UntilAsync(() => !heard.IsEmpty, "the retraction arrives");
        await UntilAsync(async () => (await ledger.SubscriptionAsync("b1")).GetProperty("lag").GetInt64() == 0, "all is published");
        var (messageId, cloudEvent) = heard.ShouldHaveSingleItem();
        cloudEvent.GetProperty("type").GetString().ShouldBe("ledger.retraction_issued.v1");
        cloudEvent.GetProperty("id").GetString().ShouldBe(messageId);
        await stop.CancelAsync();
        await consuming.ShouldThrowAsync<OperationCanceledException>();
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        (await channel.MessageCountAsync("newsroom")).ShouldBe(0u);
    }

    /// <summary>Whether the guide's queue exists: a passive declaration of one that does not closes the channel.</summary>
    private static async Task<bool> QueuedAsync(PrivateBroker broker)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync("newsroom")).ConsumerCount == 1;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return false;
        }
    }

    private static async Task DeclareQueueAsync(PrivateBroker broker)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("ledger", ExchangeType.Topic, durable: true, autoDelete: false);
        await channel.QueueDeclareAsync("test", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("test", "ledger", "ledger.#");
    }

    private static async Task<List<BrokerMessage>> ReceiveAsync(PrivateBroker broker, int distinct)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var messages = new ConcurrentQueue<BrokerMessage>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var body = JsonElement.Parse(Encoding.UTF8.GetString(delivery.Body.Span));
            messages.Enqueue(new(
                delivery.BasicProperties.MessageId!, body.GetProperty("subject").GetString()!, body.GetProperty("type").GetString()!,
                long.Parse(body.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
                delivery.BasicProperties.ContentType!, delivery.RoutingKey, delivery.BasicProperties.Persistent,
                delivery.BasicProperties.Headers is { } headers && headers.TryGetValue("Ledger-Checkpoint", out var head) ? Encoding.UTF8.GetString((byte[])head!) : null));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("test", autoAck: true, consumer);
        await UntilAsync(() => messages.DistinctBy(m => m.Id).Count() == distinct, "every message arrives");
        return [.. messages];
    }

    private sealed record BrokerMessage(string Id, string Subject, string Type, long Position, string ContentType, string RoutingKey, bool Persistent, string? Checkpoint);
}
