using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ledger.Domain;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ledger.Server;

/// <summary>The schemas of types that the domain reads and writes with converters of its own. The framework cannot see their shape.</summary>
internal static class ApiSchemas
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Version => new()
    {
        OneOf = [new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" }, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [(JsonNode)"unseen"] }],
    };

    /// <summary>The name of a schema. Two types with the same short name get two names.</summary>
    internal static string? NameOf(JsonTypeInfo type) =>
        type.Type == typeof(Domain.Comparison) || type.Type == typeof(Domain.Comparison?) ? "Bound" : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    internal static Task CompleteAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(TimeInput))
        {
            schema.OneOf = [Text, Object(["value"], ("value", Text), ("basis", new() { Type = JsonSchemaType.String, Enum = [(JsonNode)"stated", (JsonNode)"inferred"] }))];
        }
        else if (type == typeof(Contests))
        {
            schema.OneOf = [new OpenApiSchema { Type = JsonSchemaType.String, Enum = [(JsonNode)"whole"] }, Object(["part"], ("part", Text))];
        }
        else if (type == typeof(LinkTarget))
        {
            schema.OneOf = [Text, Object(["source", "version"], ("source", Text), ("version", Version))];
        }
        else if (context.JsonPropertyInfo is { Name: "version" } property && property.DeclaringType is { } owner && (owner == typeof(VersionReference) || owner == typeof(Derivation)))
        {
            (schema.Type, schema.Format, schema.OneOf) = (null, null, Version.OneOf);
        }
        else if (type.IsAssignableTo(typeof(Command)))
        {
            schema.Properties?.Remove("references"); // Computed from the other properties; no client sends it.
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Object(IEnumerable<string> required, params (string Name, OpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Required = required.ToHashSet(),
        Properties = properties.ToDictionary(p => p.Name, IOpenApiSchema (p) => p.Schema),
        AdditionalPropertiesAllowed = false,
    };
}
