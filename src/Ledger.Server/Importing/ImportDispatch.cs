using System.Text.Json;
using Ledger.Domain;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Ledger.Server;

/// <summary>What became of one line.</summary>
internal sealed record ImportResult(long Line, int Status, long? Position, IReadOnlyDictionary<string, object?>? Problem);

/// <summary>
/// Carries a line out as the request that it stands for: the same endpoint, access, body rules and key, without the network. So an import
/// can do nothing that its sender could not do line by line.
/// </summary>
internal sealed class ImportDispatch(EndpointDataSource endpoints, ILogger<ImportDispatch> logger)
{
    private readonly Lazy<Dictionary<string, RouteEndpoint>> _byPattern = new(() => endpoints.Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.RequestDelegate is not null && (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") ?? false))
        .GroupBy(e => Text(e.RoutePattern)).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal));

    internal async Task<ImportResult> RunAsync(long number, ImportLine line, HttpContext import)
    {
        try
        {
            using var answer = new MemoryStream();
            var context = Request(line, import, answer);
            var endpoint = _byPattern.Value[line.Pattern];

            // The line is the principal's own request: it needs the scope that the route asks for.
            context.SetEndpoint(endpoint);
            await endpoint.RequestDelegate!(context);
            var position = JsonElement.Parse(answer.ToArray()).GetProperty("position").GetInt64();
            return new(number, context.Response.StatusCode, position, null);
        }
        catch (Exception e) when (!import.RequestAborted.IsCancellationRequested)
        {
            return Failed(number, e);
        }
    }

    /// <summary>A line that could not be carried out.</summary>
    internal ImportResult Failed(long number, Exception e)
    {
        var problem = ProblemWriter.Of(e, logger);
        return new(number, problem.Status, null, ProblemWriter.Document(problem));
    }

    private static DefaultHttpContext Request(ImportLine line, HttpContext import, Stream answer)
    {
        var context = new DefaultHttpContext { RequestServices = import.RequestServices, RequestAborted = import.RequestAborted, User = import.User };
        context.Features.Set(import.Features.Get<Principal>());
        var request = context.Request;
        (request.Method, request.Path, request.ContentType) = ("POST", line.Path, "application/json");
        (request.Scheme, request.Host) = (import.Request.Scheme, import.Request.Host);
        if (line.Key is { } key)
        {
            request.Headers["Idempotency-Key"] = $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        }

        if (line.Target is { } target)
        {
            request.RouteValues["id"] = target;
            request.RouteValues["eventId"] = target;
        }

        request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(line.Body, DomainJson.Stored), writable: false);
        context.Response.Body = answer;
        return context;
    }

    private static string Text(RoutePattern pattern) => "/" + (pattern.RawText ?? "").TrimStart('/');
}
