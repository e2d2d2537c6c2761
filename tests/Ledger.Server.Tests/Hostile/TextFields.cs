using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Finds every place of a body where a text can stand: those of the example, and those that its shape has besides.</summary>
internal static class TextFields
{
    private const string Prefix = "#/components/schemas/";

    /// <summary>Puts a text into each field in turn; gives the field's path and what sets it in a copy of the body.</summary>
    internal static IEnumerable<(string Field, Action<JsonNode> Set)> Of(JsonElement description, JsonElement schema, JsonNode body, Func<string, string> change) =>
        Walk(description, schema, body, "", node => node, change);

    private static IEnumerable<(string Field, Action<JsonNode> Set)> Walk(
        JsonElement description, JsonElement schema, JsonNode? node, string path, Func<JsonNode, JsonNode?> find, Func<string, string> change)
    {
        schema = Resolved(description, schema);
        switch (node)
        {
            case JsonObject given:
                var properties = schema.TryGetProperty("properties", out var all) ? all.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [];
                foreach (var name in given.Select(p => p.Key).Union(properties.Keys))
                {
                    var inner = properties.GetValueOrDefault(name);
                    var value = given[name];
                    if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                    {
                        yield return ($"{path}{name}", root => find(root)!.AsObject()[name] = change((string)text!));
                    }
                    else if (value is null && inner.ValueKind == JsonValueKind.Object && IsText(Resolved(description, inner)))
                    {
                        yield return ($"{path}{name}", root => find(root)!.AsObject()[name] = change(""));
                    }
                    else
                    {
                        foreach (var found in Walk(description, inner, value, $"{path}{name}.", root => find(root)?[name], change))
                        {
                            yield return found;
                        }
                    }
                }

                break;
            case JsonArray { Count: > 0 } items:
                var item = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("items", out var of) ? of : default;
                if (items[0] is JsonValue first && first.GetValueKind() == JsonValueKind.String)
                {
                    yield return ($"{path}0", root => find(root)!.AsArray()[0] = change((string)first!));
                    break;
                }

                foreach (var found in Walk(description, item, items[0], $"{path}0.", root => find(root)?[0], change))
                {
                    yield return found;
                }

                break;
            default:
                break;
        }
    }

    private static bool IsText(JsonElement schema) =>
        !schema.TryGetProperty("enum", out _) && !schema.TryGetProperty("format", out _) && schema.TryGetProperty("type", out var type)
        && (type.ValueKind == JsonValueKind.String ? type.GetString() == "string" : type.EnumerateArray().Any(t => t.GetString() == "string"));

    /// <summary>The shape behind a reference, or beside null.</summary>
    private static JsonElement Resolved(JsonElement description, JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object)
        {
            if (schema.TryGetProperty("$ref", out var reference) && reference.GetString() is { } name && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                schema = description.GetProperty("components").GetProperty("schemas").GetProperty(name[Prefix.Length..]);
            }
            else if (schema.TryGetProperty("oneOf", out var choices) && choices.EnumerateArray().LastOrDefault(c => !c.TryGetProperty("type", out var t) || t.ToString() != "null") is { ValueKind: JsonValueKind.Object } choice)
            {
                schema = choice;
            }
            else
            {
                break;
            }
        }

        return schema;
    }
}
