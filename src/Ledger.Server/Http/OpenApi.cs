using System.Text.Json.Nodes;
using Ledger.Domain;
using Microsoft.OpenApi;

namespace Ledger.Server;

/// <summary>The description of the API at /openapi/v1.json, with an example for every body: the first commands of the demonstration.</summary>
internal static class OpenApi
{
    internal static IServiceCollection AddLedgerOpenApi(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = DomainJson.Stored.PropertyNamingPolicy;
            json.SerializerOptions.NumberHandling = DomainJson.Stored.NumberHandling;
            // The generator of the description knows only the framework's own enum converter. It writes the same words as ours.
            json.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(
                System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        }).AddOpenApi("v1", options =>
        {
            options.CreateSchemaReferenceId = ApiSchemas.NameOf;
            options.AddSchemaTransformer(ApiSchemas.CompleteAsync);
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Components ??= new();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [ApiOperations.KeyScheme] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key that an administrator made with POST /v1/keys, or a token of the identity provider.",
                    },
                };
                document.Info = new()
                {
                    Title = "Claims Ledger",
                    Version = "v1",
                    Description = "Who says what, on which ground, and what became of it. Errors are application/problem+json (RFC 9457).",
                };
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(ApiOperations.CompleteAsync);
            options.AddOperationTransformer((operation, context, _) =>
            {
                var body = context.Description.ParameterDescriptions.FirstOrDefault(p => p.Source.Id == "Body")?.Type
                    ?? context.Description.ActionDescriptor.EndpointMetadata.OfType<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>().FirstOrDefault()?.RequestType;
                if (body is not null && operation.RequestBody?.Content is { } content && content.TryGetValue("application/json", out var media) && Examples.Of(body, context.Description.RelativePath!) is { } example)
                {
                    media.Example = JsonNode.Parse(example);
                }

                return Task.CompletedTask;
            });
        });
}
