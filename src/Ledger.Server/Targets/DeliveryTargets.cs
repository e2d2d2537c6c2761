using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Opens the delivery target of a subscription.</summary>
internal sealed class DeliveryTargets(SubscriberSettings settings, Broker broker, SecretBox box, TimeProvider clock) : IAsyncDisposable
{
    private readonly HttpClient _http = new(new GuardedConnection(settings.AllowedNetworks).Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    internal IDeliveryTarget Open(Subscription subscription) => subscription.Target switch
    {
        { Kind: DeliveryTarget.Webhook, Url: { } url } =>
            new WebhookTarget(_http, new(url), WebhookSecrets.Parse(box.Open(subscription.Id, subscription.Secrets)), settings.Timeout, clock),
        { Kind: DeliveryTarget.RabbitMq } when settings.RabbitMqUri is not null => new RabbitMqTarget(broker, subscription.Target, settings.Timeout),
        { Kind: DeliveryTarget.RabbitMq } => throw new ProblemException(new(503, "no-broker", "There is no broker", "Set Ledger:RabbitMq:Uri and start again.")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A test event that belongs to no assertion. A subscriber uses it to test its endpoint.</summary>
    internal static DeliveredMessage TestMessage(Subscription subscription, string source, DateTimeOffset now)
    {
        const string Type = "ledger.test.v1";
        var id = Guid.CreateVersion7(now);
        var subject = "subscription-" + subscription.Id;
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                specversion = "1.0",
                id,
                source,
                type = Type,
                subject,
                time = now,
                datacontenttype = "application/json",
                data = new { subscription = subscription.Id },
            },
            DomainJson.Stored);
        return new(id, Type, subject, now, body);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
