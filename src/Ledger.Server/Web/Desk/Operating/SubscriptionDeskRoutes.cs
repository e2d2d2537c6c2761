using System.Globalization;
using Ledger.Server.Web.Desk.Operating;

namespace Ledger.Server;

/// <summary>A subscription as the desk shows it.</summary>
public sealed record ShownSubscription(
    string Id, string Name, string Target, string State, long Lag, double? OldestAgeS, long Pending, long Parked, DateTimeOffset? LastErrorAt, string? LastError);

/// <summary>A parked delivery.</summary>
public sealed record ParkedDelivery(long Position, string Stream, string Type, int Attempts, string? LastError);

/// <summary>The page with all subscriptions.</summary>
public sealed record SubscriptionsPage(DeskFrame Frame, IReadOnlyList<ShownSubscription> Items);

/// <summary>A subscription and the parked deliveries that an operator decides on.</summary>
/// <param name="LastDay">The deliveries that were finished in each hour of the last day.</param>
/// <param name="Now">The end of the last hour.</param>
public sealed record SubscriptionPage(
    DeskFrame Frame, ShownSubscription Item, IReadOnlyList<ParkedDelivery> Parked, IReadOnlyList<FinishedHour> LastDay, DateTimeOffset Now);

/// <summary>Shows the status of the subscriptions, and lets an operator retry or skip parked deliveries.</summary>
internal static class SubscriptionDeskRoutes
{
    private const string Policy = DeskAccess.Prefix + Scopes.Subscribe;
    private const int ParkedMax = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/subscriptions", async call =>
        {
            call.Read.Query.Done();
            var items = new List<ShownSubscription>();
            foreach (var subscription in await call.Service<Subscriptions>().AllAsync(call.Cancelled))
            {
                items.Add(await ShownAsync(call, subscription));
            }

            await call.WriteAsync<SubscriptionsDocument>(new SubscriptionsPage(call.Frame("Subscriptions"), items));
        }, Policy);
        routes.MapDesk("/desk/subscriptions/{id}", ReadAsync, Policy);
        routes.MapDeskForm("/desk/subscriptions/{id}/deliveries/{position:long}/retry", call => MoveAsync(call, call.Service<Deliveries>().RetryAsync), Policy);
        routes.MapDeskForm("/desk/subscriptions/{id}/deliveries/{position:long}/skip", call => MoveAsync(call, call.Service<Deliveries>().SkipAsync), Policy);
    }

    private static async Task ReadAsync(DeskCall call)
    {
        call.Read.Query.Done();
        var subscription = await FindAsync(call);
        var parked = await call.Service<Deliveries>().ListAsync(subscription.Id, Delivery.Parked, 0, ParkedMax, call.Cancelled);
        var now = call.Service<TimeProvider>().GetUtcNow();
        var lastDay = await call.Service<Deliveries>().FinishedAsync(subscription.Id, now, DeliveryChart.Hours, call.Cancelled);
        await call.WriteAsync<SubscriptionDocument>(new SubscriptionPage(
            call.Frame($"Subscription {subscription.Id}"), await ShownAsync(call, subscription),
            [.. parked.Select(d => new ParkedDelivery(d.Position, d.Stream, d.Type, d.AttemptCount, d.Attempts is [.., var last] ? last.Error : null))], lastDay, now));
    }

    /// <summary>
    /// Retries or skips a delivery as the API does. If the button is pressed twice, the second request changes nothing and only shows the list again.
    /// </summary>
    private static async Task MoveAsync(DeskCall call, Func<string, long, CancellationToken, Task<bool>> move)
    {
        var subscription = await FindAsync(call);
        await move(subscription.Id, long.Parse(call.Route("position"), CultureInfo.InvariantCulture), call.Cancelled);
        await call.SendToAsync($"/desk/subscriptions/{subscription.Id}");
    }

    private static async Task<Subscription> FindAsync(DeskCall call) =>
        await call.Service<Subscriptions>().FindAsync(call.Route("id"), call.Cancelled) ?? throw new ProblemException(Problem.NotFound("There is no such subscription."));

    private static async Task<ShownSubscription> ShownAsync(DeskCall call, Subscription subscription)
    {
        var status = await call.Service<SubscriptionStatuses>().OfAsync(subscription, call.Cancelled);
        return new(
            status.Id, status.Name, status.Delivery.Url ?? $"{status.Delivery.Kind} {status.Delivery.Exchange}", status.State, status.Lag, status.OldestUndeliveredAgeS,
            status.Pending, status.Parked, status.LastErrorAt, status.LastError);
    }
}
