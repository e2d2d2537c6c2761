using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>An answer, or a dead letter, as a plain AMQP client sees it.</summary>
internal sealed record QueuedAnswer(string? CorrelationId, string? MessageId, string? ContentType, IDictionary<string, object?> Headers, string Body)
{
    internal JsonElement Json => JsonElement.Parse(Body);

    internal int Status => (int)Headers["ledger-status"]!;

    internal JsonElement Problem => JsonElement.Parse(Encoding.UTF8.GetString((byte[])Headers["ledger-problem"]!));
}

/// <summary>Sends commands to a queue and takes their answers, with RabbitMQ's plain client.</summary>
internal sealed class CommandQueueClient : IAsyncDisposable
{
    internal const string Queue = "ledger.commands";
    internal const string DeadLetters = "ledger.commands.dead";

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _replies;

    private CommandQueueClient(IConnection connection, IChannel channel, string replies) => (_connection, _channel, _replies) = (connection, channel, replies);

    internal ConcurrentQueue<QueuedAnswer> Answers { get; } = [];

    internal static async Task<CommandQueueClient> ConnectAsync(PrivateBroker broker)
    {
        var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var replies = (await channel.QueueDeclareAsync()).QueueName;
        var client = new CommandQueueClient(connection, channel, replies);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            client.Answers.Enqueue(Received(message.BasicProperties, message.Body));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(replies, autoAck: true, consumer);
        return client;
    }

    /// <summary>A denial as a structured CloudEvent.</summary>
    internal static string DenialOf(string assertion, string key, string statement) => Event("deny_assertion", assertion, key, Said.Denial(statement));

    internal static string Event(string command, string subject, string key, string data) => $$"""
        {"specversion": "1.0", "id": "{{key}}", "source": "/tests", "type": "ledger.{{command}}.v1", "subject": "{{subject}}", "datacontenttype": "application/json", "data": {{data}}}
        """;

    /// <summary>Queues a message. The broker has confirmed it when this returns.</summary>
    internal Task SendAsync(string body, string correlation, string queue = Queue, Encoding? encoding = null) => SendAsync(body, new BasicProperties
    {
        ContentType = "application/cloudevents+json", MessageId = correlation, CorrelationId = correlation, ReplyTo = _replies, Persistent = true,
    }, queue, encoding);

    internal async Task SendAsync(string body, BasicProperties properties, string queue = Queue, Encoding? encoding = null)
    {
        properties.ReplyTo ??= _replies;
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, (encoding ?? Encoding.UTF8).GetBytes(body));
    }

    /// <summary>Whether the server has declared the queue.</summary>
    internal async Task<bool> IsThereAsync(string queue = Queue) => await CountAsync(queue) is not null;

    /// <summary>The number of messages in a queue that are ready for delivery; null when there is no queue.</summary>
    internal async Task<uint?> CountAsync(string queue)
    {
        try
        {
            await using var channel = await _connection.CreateChannelAsync();
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Takes all that is in a queue, in its order.</summary>
    internal async Task<IReadOnlyList<QueuedAnswer>> DrainAsync(string queue)
    {
        var messages = new List<QueuedAnswer>();
        while (await _channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            messages.Add(Received(message.BasicProperties, message.Body));
        }

        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static QueuedAnswer Received(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) => new(
        properties.CorrelationId, properties.MessageId, properties.ContentType, properties.Headers ?? new Dictionary<string, object?>(), Encoding.UTF8.GetString(body.Span));
}
