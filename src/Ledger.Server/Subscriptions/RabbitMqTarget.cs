using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ledger.Server;

/// <summary>
/// Publishes to a durable topic exchange, persistent and confirmed: a message counts as delivered when the broker has it safely. A broker
/// that is away costs no attempts; the connection is made anew, and the order of each assertion is kept, since its next event waits.
/// </summary>
internal sealed class RabbitMqTarget(Uri broker, DeliveryTarget place, TimeSpan timeout) : IDeliveryTarget
{
    private const string ContentType = "application/cloudevents+json";

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    public async Task<DeliveryOutcome> DeliverAsync(DeliveredMessage message, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        try
        {
            var channel = await ChannelAsync(limited.Token);
            var properties = new BasicProperties
            {
                MessageId = message.Id.ToString(),
                Type = message.Type,
                ContentType = ContentType,
                Persistent = true,
                Timestamp = new(message.RecordedAt.ToUnixTimeSeconds()),
                Headers = message.Beside().ToDictionary(h => h.Name, object? (h) => h.Value),
            };
            var key = $"{place.RoutingKey ?? message.Type}.{message.Subject}";
            await channel.BasicPublishAsync(place.Exchange!, key, mandatory: false, properties, message.Json, limited.Token);
            return DeliveryOutcome.Taken();
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            return new() { Error = $"the broker did not take it ({e.GetType().Name})", Away = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _connecting.Dispose();
    }

    private async Task<IChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_channel is { IsOpen: true } open)
            {
                return open;
            }

            await CloseAsync();
            // Recovery is ours, by the retry: the client's own would publish again what is retried here.
            var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
            _connection = await factory.CreateConnectionAsync("claims-ledger", cancellationToken);
            _channel = await _connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            await _channel.ExchangeDeclareAsync(place.Exchange!, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
            return _channel;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task CloseAsync()
    {
        if (_channel is { } channel)
        {
            _channel = null;
            await channel.DisposeAsync();
        }

        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
