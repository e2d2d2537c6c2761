using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>The guide's consumer, as the guide shows it.</summary>
internal static class GuideRabbitMqExample
{
    public static Task RunAsync(Uri broker, Func<string, JsonElement, Task> handle, CancellationToken stopped) => ConsumeAsync(broker, handle, stopped);

    private static async Task ConsumeAsync(Uri broker, Func<string, JsonElement, Task> handle, CancellationToken stopped)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(stopped);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopped);
        await channel.ExchangeDeclareAsync("ledger", ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: stopped);
        await channel.QueueDeclareAsync("newsroom", durable: true, exclusive: false, autoDelete: false, cancellationToken: stopped);
        await channel.QueueBindAsync("newsroom", "ledger", "ledger.retraction_issued.v1.#", cancellationToken: stopped);
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 20, global: false, stopped);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var cloudEvent = JsonElement.Parse(delivery.Body.Span);
            await handle(delivery.BasicProperties.MessageId!, cloudEvent);      // your own work; a repeat has the same id
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stopped);
        };
        await channel.BasicConsumeAsync("newsroom", autoAck: false, consumer, stopped);
        await Task.Delay(Timeout.Infinite, stopped);
    }
}
