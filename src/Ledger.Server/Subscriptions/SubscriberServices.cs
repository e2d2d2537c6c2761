namespace Ledger.Server;

/// <summary>Registers the services for subscribers.</summary>
internal static class SubscriberServices
{
    internal static IServiceCollection AddSubscribers(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(SubscriberSettings.From(configuration))
            .AddSingleton<Broker>()
            .AddSingleton<SecretBox>()
            .AddSingleton<Subscriptions>()
            .AddSingleton<SubscriptionStatuses>()
            .AddSingleton<Deliveries>()
            .AddSingleton<DeliveryTargets>()
            .AddSingleton<EventTail>()
            .AddHostedService(provider => provider.GetRequiredService<EventTail>())
            .AddHostedService<Dispatchers>();
}
