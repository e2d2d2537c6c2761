using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A write request as a slice gets it: the route, and what the slice needs to record.</summary>
internal sealed record CommandCall(HttpContext Context, WriteRequest Request, Commands Commands)
{
    /// <summary>A value of the route.</summary>
    internal string Route(string name) => (string)Context.GetRouteValue(name)!;
}

/// <summary>The endpoint of a command for callers in this process. They supply the body and the key.</summary>
/// <param name="RunAsync">Runs the command with a context and an input.</param>
internal sealed record CommandEndpoint(Func<HttpContext, CommandInput, Task<Answer>> RunAsync);

/// <summary>The input of a command.</summary>
/// <param name="Body">JSON.</param>
/// <param name="Key">The key that makes the command idempotent.</param>
/// <param name="KeyIsFree">Whether the key is probably unused. If so, it is looked up only when the command is refused, and by the append.</param>
/// <param name="Order">The place of the command among the sender's commands on one stream. Null if the command is independent.</param>
internal readonly record struct CommandInput(ReadOnlyMemory<byte> Body, string? Key, bool KeyIsFree = false, RequestOrder? Order = null);

/// <summary>
/// Maps the routes of commands. Access, body, key and answer are handled here in the same way for all. A slice decides only what is recorded.
/// </summary>
internal static class CommandRoutes
{
    internal static RouteHandlerBuilder MapCommand<T>(
        this IEndpointRouteBuilder routes, string method, string pattern, string summary, Func<CommandCall, T, Task<Answer>> record)
        where T : class =>
        routes.MapMethods(pattern, [method], (Delegate)(async (HttpContext context) => await AnswerAsync(context, record)))
            .WithSummary(summary)
            .WithTags("Recording")
            .RequireScopeByDefault(Scopes.Record)
            .WithMetadata(new CommandEndpoint((context, input) => RunAsync(context, input, record)))
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
        where T : class
    {
        new Query(context).Done();
        var body = await JsonBody.ReadAsync(context);
        await WriteAsync(context, await RunAsync(context, new(body, Preconditions.IdempotencyKey(context.Request)), record));
    }

    private static async Task<Answer> RunAsync<T>(HttpContext context, CommandInput input, Func<CommandCall, T, Task<Answer>> record)
        where T : class
    {
        var services = context.RequestServices;
        var actor = context.User.Actor;
        var commandKey = input.Key is null ? null : WriteRequest.KeyOf(actor.Principal, input.Key, context.Request.Method, context.Request.Path, input.Body.Span);
        var request = new WriteRequest(actor, commandKey, Preconditions.IfMatch(context.Request)) { Order = input.Order };
        using var held = commandKey is null ? null : await services.GetRequiredService<KeysInFlight>().TakeAsync(commandKey, context.RequestAborted);
        if (!input.KeyIsFree && await RememberedAsync() is { } remembered)
        {
            return remembered;
        }

        try
        {
            return await record(new(context, request, services.GetRequiredService<Commands>()), JsonBody.Parse<T>(input.Body.Span));
        }
        catch (ProblemException) when (input.KeyIsFree)
        {
            // If the key was used before after all, its first answer is given, even if the command would be refused now.
            if (await RememberedAsync() is { } first)
            {
                return first;
            }

            throw;
        }

        async Task<Answer?> RememberedAsync() => commandKey is not null
            && await services.GetRequiredService<EventStore>().FindAnswerAsync(commandKey.Principal, commandKey.Key, context.RequestAborted) is { } found ? request.Replay(found) : null;
    }

    /// <summary>The HTTP status of an answer: 201, or 200 if nothing had to be appended.</summary>
    internal static int StatusOf(Answer answer) => answer.Events.Count > 0 ? StatusCodes.Status201Created : StatusCodes.Status200OK;

    private static async Task WriteAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        response.StatusCode = StatusOf(answer);
        response.Headers.ETag = Preconditions.ETag(answer.Version);
        response.Headers.Location = answer.Location;
        if (answer.Replayed)
        {
            response.Headers["Idempotent-Replayed"] = "true";
        }

        await response.WriteWholeAsync(JsonSerializer.SerializeToUtf8Bytes(answer, DomainJson.Stored), "application/json", context.RequestAborted);
    }
}
