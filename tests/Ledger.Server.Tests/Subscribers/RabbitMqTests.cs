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
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString() });
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
                delivery.BasicProperties.ContentType!, delivery.RoutingKey, delivery.BasicProperties.Persistent));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("test", autoAck: true, consumer);
        await UntilAsync(() => messages.DistinctBy(m => m.Id).Count() == distinct, "every message arrives");
        return [.. messages];
    }

    private sealed record BrokerMessage(string Id, string Subject, string Type, long Position, string ContentType, string RoutingKey, bool Persistent);
}
