using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Says what does not fit in a body, in the terms of JSON and of the API. The serializer's own messages name types of this program.</summary>
internal static class JsonMismatch
{
    /// <summary>What was expected at the place where reading ended, and what was found there.</summary>
    internal static string Describe<T>(JsonException e, ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return "The body is not valid UTF-8, in which JSON is sent.";
        }

        if (e.GetType() != typeof(JsonException))
        {
            return e.Message.Split(" Path:")[0].Split(" LineNumber:")[0]; // The message is ours, or the JSON reader's about syntax.
        }

        var place = e.Path is null or "$" ? "The body" : e.Path[2..];
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return Describe(place, Steps(e.Path ?? "$"), document.RootElement, DomainJson.Wire.GetTypeInfo(typeof(T)));
        }
        catch (JsonException unread) when (unread.LineNumber is not null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The body is not valid JSON (line {unread.LineNumber + 1}, byte {unread.BytePositionInLine + 1}).");
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException)
        {
            return $"{place} does not fit.";
        }
    }

    private static string Describe(string place, List<string> steps, JsonElement given, JsonTypeInfo expected)
    {
        foreach (var (depth, step) in steps.Index())
        {
            if (expected.Kind == JsonTypeInfoKind.Object)
            {
                if (expected.Properties.FirstOrDefault(p => p.Name == step) is not { } property)
                {
                    return $"{place} is not known; the fields there are {string.Join(", ", expected.Properties.Select(p => p.Name))}.";
                }

                expected = DomainJson.Wire.GetTypeInfo(property.PropertyType);
            }
            else if (expected.ElementType is { } item)
            {
                expected = DomainJson.Wire.GetTypeInfo(item);
            }
            else
            {
                return $"{place} does not fit.";
            }

            if (depth == steps.Count - 1 && given.ValueKind == JsonValueKind.Object && given.EnumerateObject().Count(p => p.NameEquals(step)) > 1)
            {
                return $"{place} stands there twice; send it once.";
            }

            if (given.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < given.GetArrayLength())
            {
                given = given[index];
            }
            else if (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty(step, out given))
            {
                return $"{place} is missing; {Words(expected)} is expected.";
            }
        }

        if (expected.Kind == JsonTypeInfoKind.Object && given.ValueKind == JsonValueKind.Object)
        {
            var missing = expected.Properties.Where(p => p.IsRequired && !given.TryGetProperty(p.Name, out _)).Select(p => p.Name).ToList();
            return missing.Count > 0 ? $"{place} lacks {string.Join(", ", missing)}."
                : NullIn(expected, given) is { } name ? $"{name} is null; leave it out, or give a value."
                : $"{place} does not fit.";
        }

        return given.ValueKind == JsonValueKind.Number && Words(expected) == WholeNumber && decimal.TryParse(given.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.IsInteger(number)
            ? $"{place} is {given.GetRawText()}, which is too large or too small."
            : $"{place} is {Words(given)}; {Words(expected)} is expected.";
    }

    private const string WholeNumber = "a whole number";

    private static string? NullIn(JsonTypeInfo type, JsonElement given) =>
        type.Properties.FirstOrDefault(p => !p.IsSetNullable && given.TryGetProperty(p.Name, out var value) && value.ValueKind == JsonValueKind.Null)?.Name;

    private static string Words(JsonElement given) => given.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => $"the number {given.GetRawText()}",
        JsonValueKind.True or JsonValueKind.False => given.GetRawText().ToLowerInvariant(),
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    private static string Words(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return plain.IsEnum ? $"one of {string.Join(", ", Enum.GetValuesAsUnderlyingType(plain).Cast<object>().Select(v => JsonSerializer.Serialize(Enum.ToObject(plain, v), plain, DomainJson.Wire)))}"
            : plain == typeof(string) || plain == typeof(Guid) || plain == typeof(Uri) ? "a text"
            : plain == typeof(bool) ? "true or false"
            : plain == typeof(int) || plain == typeof(long) || plain == typeof(uint) ? WholeNumber
            : plain == typeof(decimal) ? "a number"
            : plain == typeof(DateTimeOffset) ? "a time such as \"2018-08-03T14:05:00Z\""
            : type.Kind switch
            {
                JsonTypeInfoKind.Object => "an object",
                JsonTypeInfoKind.Enumerable => "a list",
                JsonTypeInfoKind.Dictionary => "an object",
                _ => "another form",
            };
    }

    /// <summary>The steps of a path such as <c>$.figures[0].value</c> or <c>$['odd name']</c>.</summary>
    private static List<string> Steps(string path)
    {
        var steps = new List<string>();
        for (var i = 1; i < path.Length;)
        {
            var (open, close) = path[i] == '.' ? (i + 1, path.AsSpan(i + 1).IndexOfAny('.', '[')) : path.AsSpan(i).StartsWith("['") ? (i + 2, path.AsSpan(i + 2).IndexOf("']")) : (i + 1, path.AsSpan(i + 1).IndexOf(']'));
            var end = close < 0 ? path.Length : open + close;
            steps.Add(path[open..end]);
            i = path[i] == '.' ? end : path.AsSpan(i).StartsWith("['") ? end + 2 : end + 1;
        }

        return steps;
    }
}
