namespace Ledger.Server;

/// <summary>
/// Publishes persistent messages to a durable topic exchange, with publisher confirms. A message counts as delivered when the broker has confirmed it. If
/// the broker cannot be reached, no attempt is counted. The order of each assertion is kept, because its next event waits.
/// </summary>
internal sealed class RabbitMqTarget(Broker broker, DeliveryTarget place, TimeSpan timeout) : IDeliveryTarget
{
    private const string ContentType = "application/cloudevents+json";

    private readonly BrokerExchange _exchange = new(broker, place.Exchange!);

    public async Task<DeliveryOutcome> DeliverAsync(DeliveredMessage message, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        var outgoing = new OutgoingMessage($"{place.RoutingKey ?? message.Type}.{message.Subject}", message.Json)
        {
            MessageId = message.Id.ToString(),
            Type = message.Type,
            ContentType = ContentType,
            Timestamp = message.RecordedAt,
            Headers = message.Beside().ToDictionary(h => h.Name, object? (h) => h.Value),
        };
        try
        {
            await _exchange.SendAsync(outgoing, limited.Token);
            return DeliveryOutcome.Taken();
        }
        catch (BrokerAwayException e)
        {
            return new() { Error = $"the broker did not take it ({(e.InnerException ?? e).GetType().Name})", Away = true };
        }
    }

    public ValueTask DisposeAsync() => _exchange.DisposeAsync();
}
