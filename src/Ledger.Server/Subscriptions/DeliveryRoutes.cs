using System.Globalization;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Lists deliveries, and lets an operator retry or skip one.</summary>
internal static class DeliveryRoutes
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;

    private static readonly string[] States = [Delivery.Pending, Delivery.Parked, Delivery.Delivered, Delivery.Skipped];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSubscription("GET", "/v1/subscriptions/{id}/deliveries", "List deliveries with their attempts", ListAsync);
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/deliveries/{position}/retry", "Try a delivery again at once", call => MoveAsync(call, call.Service<Deliveries>().RetryAsync)).TakesNoBody();
        routes.MapSubscription("POST", "/v1/subscriptions/{id}/deliveries/{position}/skip", "Give a delivery up; those behind it go on", call => MoveAsync(call, call.Service<Deliveries>().SkipAsync)).TakesNoBody();
    }

    private static async Task ListAsync(SubscriptionCall call)
    {
        var state = call.Query.Word("state", States);
        var after = call.Query.Number("after", 0, 0, long.MaxValue);
        var limit = (int)call.Query.Number("limit", LimitDefault, 1, LimitMax);
        var subscription = await call.FindAsync();
        await ReadCall.RequireReachedAsync(call.Service<EventStore>(), after, "after", call.Cancelled);
        var items = await call.Service<Deliveries>().ListAsync(subscription.Id, state, after, limit, call.Cancelled);
        await call.WriteAsync(new { items, next = items.Count == limit ? call.Query.With(("after", items[^1].Position.ToString(CultureInfo.InvariantCulture))) : null });
    }

    private static async Task MoveAsync(SubscriptionCall call, Func<string, long, CancellationToken, Task<bool>> move)
    {
        var subscription = await call.FindAsync();
        if (!long.TryParse((string)call.Context.GetRouteValue("position")!, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || !await move(subscription.Id, position, call.Cancelled))
        {
            throw new ProblemException(Problem.NotFound("No delivery is open at this position; GET …/deliveries?state=parked lists the parked ones."));
        }

        await call.WriteAsync(new { id = subscription.Id, position });
    }
}
