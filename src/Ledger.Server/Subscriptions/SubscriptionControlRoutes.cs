using System.Diagnostics;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Pauses, resumes and tests a subscription, rotates its secret, and delivers a range again.</summary>
internal static class SubscriptionControlRoutes
{
    /// <summary>The maximum number of positions in one replay. Each matching event becomes a stored delivery.</summary>
    private const int ReplayPositionsMax = 10_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/pause", "Pause a subscription; nothing is lost", call => SetStateAsync(call, Subscription.Paused)).TakesNoBody();
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/resume", "Resume a subscription that was paused or disabled", call => SetStateAsync(call, Subscription.Active)).TakesNoBody();
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/test", "Send a test event now and say how it went", TestAsync).TakesNoBody();
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/secret/rotation", "Make a new secret; the former one signs beside it for a while", RotateAsync).TakesNoBody();
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/replay", "Deliver a range again", ReplayAsync).Accepts<ReplaySubscription>("application/json");
    }

    private static async Task SetStateAsync(SubscriptionCall call, string state)
    {
        var subscription = await call.FindAsync();
        await call.Subscriptions.SetStateAsync(subscription.Id, state, call.Cancelled);
        await call.WriteAsync(await call.Statuses.OfAsync(subscription with { State = state }, call.Cancelled));
    }

    private static async Task TestAsync(SubscriptionCall call)
    {
        var subscription = await call.FindAsync();
        var clock = call.Service<TimeProvider>();
        await using var target = call.Service<DeliveryTargets>().Open(subscription);
        var message = DeliveryTargets.TestMessage(subscription, call.Service<LedgerIdentity>().Uri, clock.GetUtcNow());
        var started = Stopwatch.GetTimestamp();
        var outcome = await target.DeliverAsync(message, call.Cancelled);
        await call.WriteAsync(new
        {
            delivered = outcome.Succeeded,
            status = outcome.Status,
            error = outcome.Error,
            durationMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            eventId = message.Id,
        });
    }

    private static async Task RotateAsync(SubscriptionCall call)
    {
        var subscription = await call.FindAsync();
        if (subscription.Secrets is not { } kept)
        {
            throw SubscriptionRules.Invalid("id", "names a subscription that signs nothing: only webhooks have a secret.");
        }

        var box = call.Service<SecretBox>();
        var until = call.Service<TimeProvider>().GetUtcNow() + call.Service<SubscriberSettings>().SecretOverlap;
        var secrets = WebhookSecrets.Parse(box.Open(subscription.Id, kept)).Rotate(until);
        await call.Subscriptions.SetSecretsAsync(subscription.Id, box.Seal(subscription.Id, secrets.ToJson()), call.Cancelled);
        await call.WriteAsync(new { id = subscription.Id, secret = secrets.Current, formerUntil = until });
    }

    private static async Task ReplayAsync(SubscriptionCall call)
    {
        var subscription = await call.FindAsync();
        var range = JsonBody.Parse<ReplaySubscription>(await JsonBody.ReadAsync(call.Context));
        var to = range.To ?? subscription.Position;
        if (range.From < 1 || to < range.From || to > subscription.Position || to - range.From >= ReplayPositionsMax)
        {
            throw SubscriptionRules.Invalid("from", $"and \"to\" must be a range of at most {ReplayPositionsMax} positions that ends at or before the cursor, {subscription.Position}.");
        }

        var count = await call.Service<Deliveries>().ReplayAsync(subscription, range.From, to, call.Cancelled);
        await call.WriteAsync(new { id = subscription.Id, replayed = count });
    }
}
