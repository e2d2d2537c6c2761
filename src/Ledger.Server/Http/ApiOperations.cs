using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ledger.Server;

/// <summary>Completes each operation of the API's description with what the types of the routes do not say: parameters, access and answers.</summary>
internal static partial class ApiOperations
{
    /// <summary>The name of the scheme under which keys and tokens are sent.</summary>
    internal const string KeyScheme = "key";

    private const string Json = "application/json";

    /// <summary>The answers that are not JSON, or whose status is not 200.</summary>
    private static readonly Dictionary<string, (int Status, string[] Types)> Answers = new(StringComparer.Ordinal)
    {
        ["GET /v1/events/stream"] = (200, ["text/event-stream"]),
        ["GET /v1/assertions/{id}/provenance"] = (200, [Json, "application/ld+json", "application/prov+json"]),
        ["GET /v1/export"] = (200, ["application/x-ndjson", "application/ld+json", Json, "text/csv"]),
        ["GET /v1/audit"] = (200, [Json, "text/csv"]),
        ["GET /v1/certificates"] = (200, [Json, "text/html"]),
        ["GET /v1/proofs/{position}"] = (200, ["text/plain"]),
        ["GET /feeds/corrections.atom"] = (200, ["application/atom+xml"]),
        ["GET /feeds/corrections.json"] = (200, ["application/feed+json"]),
        ["GET /log/checkpoint"] = (200, ["text/plain"]),
        ["GET /log/key"] = (200, ["text/plain"]),
        ["GET /log/tile/{path}"] = (200, ["application/octet-stream"]),
        ["GET /log/tile/entries/{path}"] = (200, ["application/octet-stream"]),
        ["GET /log/events/{tile}"] = (200, ["application/x-ndjson"]),
        ["POST /v1/import"] = (200, ["application/x-ndjson"]),
        ["POST /v1/keys"] = (201, [Json]),
        ["DELETE /v1/keys/{id}"] = (204, []),
        ["POST /v1/erasures"] = (201, [Json]),
        ["DELETE /v1/subscriptions/{id}"] = (204, []),
    };

    internal static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = "/" + PathParameter().Replace(context.Description.RelativePath!, "{$1}");
        var method = context.Description.HttpMethod!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId = $"{method.ToLowerInvariant()}-{PathWords().Replace(path, "-").Trim('-')}";
        operation.Parameters =
        [
            .. PathParameter().Matches(path).Select(m => ApiParameters.OfPath(m.Groups[1].Value)),
            .. ApiParameters.OfQuery(method is "GET" or "HEAD" ? path : $"{method} {path}"),
            .. metadata.OfType<CommandEndpoint>().Any() ? ApiParameters.OfCommand() : [],
        ];
        Answer(operation, method == "HEAD" ? "GET " + path : $"{method} {path}", hasBody: method != "HEAD");
        Guard(operation, context.Document!, metadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy ?? Scopes.Admin);
        return Task.CompletedTask;
    }

    private static void Answer(OpenApiOperation operation, string route, bool hasBody)
    {
        operation.Responses ??= [];
        var isListed = Answers.TryGetValue(route, out var answer);
        if (!isListed && operation.Responses.Any(given => given.Key == "302" || (given.Key[0] == '2' && given.Value.Content is { Count: > 0 })))
        {
            return;
        }

        var (status, types) = isListed ? answer : (200, [Json]);
        if (status != 200)
        {
            operation.Responses.Remove("200");
        }

        var known = operation.Responses.GetValueOrDefault($"{status}")?.Content;
        operation.Responses[$"{status}"] = new OpenApiResponse
        {
            Description = status switch { 201 => "Created", 204 => "No Content", _ => "OK" },
            Content = hasBody ? types.ToDictionary(type => type, type => known is not null && known.TryGetValue(type, out var shape) ? shape : new()) : null,
        };
    }

    private static void Guard(OpenApiOperation operation, OpenApiDocument document, string policy)
    {
        if (policy == Access.Open)
        {
            operation.Security = [[]];
            return;
        }

        var key = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] };
        operation.Security = policy == Scopes.Read ? [[], key] : [key];
        operation.Description = policy == Scopes.Read ? "Open to everybody where the ledger shows its reads, else it needs the scope `read`." : $"Needs the scope `{policy}`.";
        foreach (var (status, meaning) in new[] { ("401", "No good key was sent"), ("403", "The key lacks the scope, or acts for another party") })
        {
            operation.Responses!.TryAdd(status, new OpenApiResponse
            {
                Description = meaning,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("ProblemDetails", document) } },
            });
        }
    }

    [GeneratedRegex(@"\{\**([A-Za-z]+)(?::[a-z]+)?\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex PathWords();
}
