using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A write as its slice sees it: the route, and what is needed to carry it out.</summary>
internal sealed record CommandCall(HttpContext Context, WriteRequest Request, Commands Commands)
{
    /// <summary>A value of the route.</summary>
    internal string Route(string name) => (string)Context.GetRouteValue(name)!;
}

/// <summary>Maps a write: access, body, key, answer are the same for all; the slice says only what is recorded.</summary>
internal static class CommandRoutes
{
    internal static RouteHandlerBuilder MapCommand<T>(
        this IEndpointRouteBuilder routes, string method, string pattern, string summary, Func<CommandCall, T, Task<Answer>> record)
        where T : class =>
        routes.MapMethods(pattern, [method], (Delegate)(async (HttpContext context) => await AnswerAsync(context, record)))
            .WithSummary(summary)
            .WithTags("Recording")
            .Accepts<T>("application/json")
            .Produces<Answer>(201)
            .Produces<Answer>(200)
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(409)
            .ProducesProblem(412);

    internal static RouteHandlerBuilder MapCommand<T>(
        this IEndpointRouteBuilder routes, string pattern, string summary, Func<CommandCall, T, Task<Answer>> record)
        where T : class => routes.MapCommand("POST", pattern, summary, record);

    private static async Task AnswerAsync<T>(HttpContext context, Func<CommandCall, T, Task<Answer>> record)
    {
        var services = context.RequestServices;
        var actor = services.GetRequiredService<Access>().Writer(context);
        new Query(context).Done();
        var body = await JsonBody.ReadAsync(context);
        var key = Preconditions.IdempotencyKey(context.Request) is { } text
            ? WriteRequest.KeyOf(actor.Principal, text, context.Request.Method, context.Request.Path, body)
            : null;
        var request = new WriteRequest(actor, key, Preconditions.IfMatch(context.Request));
        using var held = key is null ? null : await services.GetRequiredService<KeysInFlight>().TakeAsync(key, context.RequestAborted);
        if (key is not null
            && await services.GetRequiredService<EventStore>().FindAnswerAsync(key.Principal, key.Key, context.RequestAborted) is { } remembered)
        {
            await WriteAsync(context, request.Replay(remembered));
            return;
        }

        var command = JsonBody.Parse<T>(body);
        await WriteAsync(context, await record(new(context, request, services.GetRequiredService<Commands>()), command));
    }

    private static async Task WriteAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Events.Count > 0 ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        response.Headers.ETag = Preconditions.ETag(answer.Version);
        response.Headers.Location = answer.Location;
        if (answer.Replayed)
        {
            response.Headers["Idempotent-Replayed"] = "true";
        }

        await response.WriteJsonAsync(JsonSerializer.SerializeToUtf8Bytes(answer, DomainJson.Stored), "application/json", context.RequestAborted);
    }
}
