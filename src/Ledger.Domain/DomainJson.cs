using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ledger.Domain;

/// <summary>The one way in which the ledger writes and reads JSON: camelCase names, enums as words, no null members, and times with six decimals.</summary>
public static class DomainJson
{
    /// <summary>For stored events and answers. Unknown members are ignored, because an older reader may meet a newer event.</summary>
    public static JsonSerializerOptions Stored { get; } = Make(JsonUnmappedMemberHandling.Skip);

    /// <summary>For what clients send. Unknown members are refused, so that a misspelt field is never silently lost.</summary>
    public static JsonSerializerOptions Wire { get; } = Make(JsonUnmappedMemberHandling.Disallow);

    private static JsonSerializerOptions Make(JsonUnmappedMemberHandling unmapped)
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        if (unmapped == JsonUnmappedMemberHandling.Disallow)
        {
            resolver.Modifiers.Add(RefuseNullItems);
            resolver.Modifiers.Add(RefuseWhatIsMade);
        }

        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = unmapped,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            // Stored data may lack what was erased, or what an older shape did not have. A missing value reads as the default.
            RespectRequiredConstructorParameters = unmapped == JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // The output is JSON and is never put into HTML unescaped. So text stays readable, and angle brackets need no escape.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = resolver,
            Converters = { new EnumWords(), new InstantConverter(), new TextConverter() },
        };
        if (unmapped == JsonUnmappedMemberHandling.Disallow)
        {
            options.Converters.Add(new ExactNumber());
        }

        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Refuses nulls among the items of a list. The serializer applies nullable annotations to properties only, not to items.</summary>
    private static void RefuseNullItems(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.Set is { } set && property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
            {
                property.Set = (owner, value) => set(owner, value is IEnumerable items && items.Cast<object?>().Contains(null)
                    ? throw new UnfitJsonException($"{property.Name} holds a null; leave it out.")
                    : value);
            }
        }
    }

    /// <summary>
    /// Removes the computed members of a command, because they are no fields of its body. Otherwise the reader would silently ignore them there.
    /// </summary>
    private static void RefuseWhatIsMade(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0 && type.Type.IsAssignableTo(typeof(Command)); i--)
        {
            if (type.Properties[i] is { Set: null, AssociatedParameter: null })
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text && WireTime.TryParse(text, out var instant)
                ? instant
                : throw new UnfitJsonException("A time is written as in 2018-08-03T14:05:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(WireTime.Format(value));
    }

    /// <summary>Works like the framework's own converter, but shares equal short texts.</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && reader.ValueSpan.Length <= SharedText.LengthMax
                ? Shared(ref reader)
                : reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

        /// <summary>The buffer is large enough: a text never has more UTF-16 units than UTF-8 bytes.</summary>
        private static string Shared(ref Utf8JsonReader reader)
        {
            Span<char> text = stackalloc char[SharedText.LengthMax];
            return SharedText.Of(text[..reader.CopyString(text)]);
        }
    }
}
