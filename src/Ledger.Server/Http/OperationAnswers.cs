using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Store;
using Marten;

namespace Ledger.Server;

/// <summary>
/// The first answer to a request that has a key and records nothing in the log. It is kept beside the log and given again when the request is
/// repeated.
/// </summary>
/// <param name="Id">The hash of the principal and the key.</param>
/// <param name="Fingerprint">The HMAC of the request, keyed by the client's own key.</param>
/// <param name="Status">0 while the first request is under way.</param>
/// <param name="At">When the first request came.</param>
/// <param name="Location">The address of what was made.</param>
/// <param name="Body">The answer without its secret, which is shown only once.</param>
internal sealed record OperationAnswer(string Id, string Fingerprint, int Status, DateTimeOffset At, string? Location = null, string? Body = null);

/// <summary>
/// <c>Idempotency-Key</c> for what is not recorded in the log: keys, subscriptions, requests to erase. The same key and request get the first answer
/// again. The same key with another request is refused. A refusal is not remembered. If a process dies after its work but before it stores the
/// answer, a repeat after <see cref="AbandonedAfter"/> does the work again.
/// </summary>
internal sealed class OperationAnswers(IDocumentStore documents, TimeProvider clock)
{
    private const string Secret = "secret";

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitStep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    /// <summary>Gives the stored answer if the request came before. Otherwise lets the request through and remembers its answer.</summary>
    internal async ValueTask<object?> RunAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        if (Preconditions.IdempotencyKey(context.Request) is not { } key || await BodyAsync(context.Request) is not { } body)
        {
            return await next(call);
        }

        var write = WriteRequest.KeyOf(context.User.Actor.Principal, key, context.Request.Method, context.Request.Path, body);
        var id = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{write.Principal}\n{write.Key}")));
        var begun = new OperationAnswer(id, Convert.ToHexStringLower(write.Fingerprint), 0, clock.GetUtcNow());
        if (await BeginAsync(begun, context.RequestAborted) is { } first)
        {
            await ReplayAsync(context.Response, first);
            return Results.Empty;
        }

        var response = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        var isDone = false;
        try
        {
            await next(call);
            // The answer is remembered, even if the client no longer waits for it.
            await EndAsync(begun with { Status = context.Response.StatusCode, Location = context.Response.Headers.Location, Body = WithoutSecret(kept.ToArray()) });
            isDone = true;
        }
        finally
        {
            context.Response.Body = response;
            if (!isDone)
            {
                await ForgetAsync(id);
            }
        }

        await response.WriteAsync(kept.ToArray(), context.RequestAborted);
        return Results.Empty;
    }

    /// <summary>Null if the request is the first with its key. Otherwise waits for the answer to the first request and returns it.</summary>
    private async Task<OperationAnswer?> BeginAsync(OperationAnswer begun, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < WaitMax; waited += WaitStep)
        {
            await using var session = documents.LightweightSession();
            var first = await session.LoadAsync<OperationAnswer>(begun.Id, cancellationToken);
            if (first is null || (first.Status == 0 && first.At < begun.At - AbandonedAfter))
            {
                if (first is null)
                {
                    session.Insert(begun);
                }
                else
                {
                    session.Update(begun);
                }

                try
                {
                    await session.SaveChangesAsync(cancellationToken);
                    return null;
                }
                catch (JasperFx.DocumentAlreadyExistsException)
                {
                    continue;   // Another request with the key was a little faster.
                }
            }

            if (first.Fingerprint != begun.Fingerprint)
            {
                throw WriteRequest.KeyReused();
            }

            if (first.Status != 0)
            {
                return first;
            }

            await Task.Delay(WaitStep, clock, cancellationToken);
        }

        throw new ProblemException(new(409, "idempotency-key-in-use", "The first request with this Idempotency-Key is under way", "Send it again in a while.") { RetryAfterS = 1 });
    }

    private async Task EndAsync(OperationAnswer answer)
    {
        await using var session = documents.LightweightSession();
        session.Update(answer);
        await session.SaveChangesAsync();
    }

    private async Task ForgetAsync(string id)
    {
        await using var session = documents.LightweightSession();
        session.Delete<OperationAnswer>(id);
        await session.SaveChangesAsync();
    }

    private static async Task ReplayAsync(HttpResponse response, OperationAnswer first)
    {
        response.StatusCode = first.Status;
        response.Headers["Idempotent-Replayed"] = "true";
        response.Headers.CacheControl = "no-store";
        if (first.Location is { } location)
        {
            response.Headers.Location = location;
        }

        if (first.Body is { } body)
        {
            response.ContentType = "application/json";
            await response.WriteAsync(body, response.HttpContext.RequestAborted);
        }
    }

    /// <summary>The body, which is read again afterwards; null where it is larger than the limit.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request)
    {
        request.EnableBuffering(JsonBody.BytesMax);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while (body.Length <= JsonBody.BytesMax && (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), request.HttpContext.RequestAborted);
        }

        request.Body.Position = 0;
        return body.Length <= JsonBody.BytesMax ? body.ToArray() : null;
    }

    private static string? WithoutSecret(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        var answer = JsonNode.Parse(body);
        (answer as JsonObject)?.Remove(Secret);
        return answer?.ToJsonString(DomainJson.Stored);
    }
}

/// <summary>The shared parts of routes that record nothing in the log.</summary>
internal static class Operations
{
    private sealed record NoBody;

    /// <summary>Gives the first answer again when a request comes again with the same <c>Idempotency-Key</c>.</summary>
    internal static RouteHandlerBuilder RemembersAnswers(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter((call, next) => call.HttpContext.RequestServices.GetRequiredService<OperationAnswers>().RunAsync(call, next));

    /// <summary>Refuses fields in the body of a route that takes none, instead of ignoring them.</summary>
    internal static RouteHandlerBuilder TakesNoBody(this RouteHandlerBuilder route) => route.AddEndpointFilter(async (call, next) =>
    {
        if (JsonBody.IsIn(call.HttpContext))
        {
            JsonBody.Parse<NoBody>(await JsonBody.ReadAsync(call.HttpContext));
        }

        return await next(call);
    });
}
