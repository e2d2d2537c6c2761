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

/// <summary>A command's route for callers inside this process, who bring body and key themselves.</summary>
/// <param name="RunAsync">Takes the context and what else makes the command.</param>
internal sealed record CommandEndpoint(Func<HttpContext, CommandInput, Task<Answer>> RunAsync);

/// <summary>What a command is made of.</summary>
/// <param name="Body">JSON.</param>
/// <param name="Key">The key that makes it repeatable.</param>
/// <param name="KeyIsFree">Whether that is most likely free: then it is looked for where the command is refused, and by the append.</param>
/// <param name="Order">Null where it is one by itself.</param>
internal readonly record struct CommandInput(ReadOnlyMemory<byte> Body, string? Key, bool KeyIsFree = false, RequestOrder? Order = null);

/// <summary>Maps a write: access, body, key, answer are the same for all; the slice says only what is recorded.</summary>
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
            // Should the key not be free after all, its first answer stands, whatever has come since that now speaks against the command.
            if (await RememberedAsync() is { } first)
            {
                return first;
            }

            throw;
        }

        async Task<Answer?> RememberedAsync() => commandKey is not null
            && await services.GetRequiredService<EventStore>().FindAnswerAsync(commandKey.Principal, commandKey.Key, context.RequestAborted) is { } found ? request.Replay(found) : null;
    }

    /// <summary>200 where nothing had to be appended.</summary>
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
