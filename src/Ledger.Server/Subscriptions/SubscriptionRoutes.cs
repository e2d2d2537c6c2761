using Ledger.Store;

namespace Ledger.Server;

/// <summary>Creates, reads and removes subscriptions. They are operational data: nothing about them is recorded in the log.</summary>
internal static class SubscriptionRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSubscription("POST", "/v1/subscriptions", "Subscribe; the secret is shown once", CreateAsync)
            .Accepts<CreateSubscription>("application/json").Produces<SubscriptionStatus>(201);
        routes.MapSubscription("GET", "/v1/subscriptions", "List subscriptions", ListAsync);
        routes.MapSubscription("GET", "/v1/subscriptions/{id}", "Read how a subscription stands", async call =>
            await call.WriteAsync(await call.Statuses.OfAsync(await call.FindAsync(), call.Cancelled)));
        routes.MapSubscription("DELETE", "/v1/subscriptions/{id}", "End a subscription and forget its deliveries", async call =>
        {
            await call.Subscriptions.RemoveAsync((await call.FindAsync()).Id, call.Cancelled);
            call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    internal static RouteHandlerBuilder MapSubscription(this IEndpointRouteBuilder routes, string method, string pattern, string summary, Func<SubscriptionCall, Task> act)
    {
        var route = routes.MapMethods(pattern, method == "GET" ? ["GET", "HEAD"] : [method], (Delegate)((HttpContext context) => act(new(context))))
            .RequireScope(Scopes.Subscribe)
            .WithSummary(summary)
            .WithTags("Subscriptions")
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(404);
        return method == "POST" ? route.RemembersAnswers() : route;
    }

    private static async Task CreateAsync(SubscriptionCall call)
    {
        call.Query.Done();
        var request = JsonBody.Parse<CreateSubscription>(await JsonBody.ReadAsync(call.Context));
        SubscriptionRules.Demand(request, call.Service<SubscriberSettings>());
        var now = call.Service<TimeProvider>().GetUtcNow();
        var id = NewIds.Or(request.Id);
        if ((await call.Subscriptions.AllAsync(call.Cancelled)).Count >= Subscriptions.CountMax)
        {
            throw new ProblemException(new(409, "too-many-subscriptions", "There are too many subscriptions", $"A ledger serves {Subscriptions.CountMax}; end one that is not needed, or share one behind a broker."));
        }

        var secrets = request.Delivery.Kind == DeliveryTarget.Webhook ? WebhookSecrets.Make() : null;
        var subscription = new Subscription
        {
            Id = id,
            Name = request.Name,
            Target = request.Delivery,
            Filter = request.Filter,
            State = Subscription.Active,
            Secrets = secrets is null ? null : call.Service<SecretBox>().Seal(id, secrets.ToJson()),
            Position = await SubscriptionRules.StartAsync(request.From, call.Service<ReadPoints>(), await call.Service<EventStore>().HeadAsync(call.Cancelled), call.Cancelled),
            CreatedBy = call.Context.User.Actor.Principal,
            Audits = call.Context.User.May(Scopes.Audit),
            CreatedAt = now,
        };
        if (!await call.Subscriptions.AddAsync(subscription, call.Cancelled))
        {
            throw new ProblemException(new(409, "id-taken", "The id is taken", $"There is a subscription {id} already; choose another id or leave it out."));
        }

        call.Context.Response.Headers.Location = $"/v1/subscriptions/{id}";
        await call.WriteAsync((await call.Statuses.OfAsync(subscription, call.Cancelled)) with { Secret = secrets?.Current }, StatusCodes.Status201Created);
    }

    private static async Task ListAsync(SubscriptionCall call)
    {
        call.Query.Done();
        var items = new List<SubscriptionStatus>();
        foreach (var subscription in await call.Subscriptions.AllAsync(call.Cancelled))
        {
            items.Add(await call.Statuses.OfAsync(subscription, call.Cancelled));
        }

        await call.WriteAsync(new { items });
    }
}

/// <summary>A request about subscriptions. The route requires the scope for it.</summary>
internal sealed class SubscriptionCall(HttpContext context)
{
    internal HttpContext Context { get; } = context;

    internal Query Query { get; } = new(context);

    internal CancellationToken Cancelled => Context.RequestAborted;

    internal Subscriptions Subscriptions => Service<Subscriptions>();

    internal SubscriptionStatuses Statuses => Service<SubscriptionStatuses>();

    internal T Service<T>()
        where T : notnull => Context.RequestServices.GetRequiredService<T>();

    /// <summary>The subscription of the route, or 404.</summary>
    internal async Task<Subscription> FindAsync()
    {
        Query.Done();
        return await Subscriptions.FindAsync((string)Context.GetRouteValue("id")!, Cancelled)
            ?? throw new ProblemException(Problem.NotFound("There is no such subscription; GET /v1/subscriptions lists them."));
    }

    internal Task WriteAsync<T>(T body, int status = StatusCodes.Status200OK) => Context.WriteJsonAsync(status, body);
}
