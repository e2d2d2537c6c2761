using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ledger.Domain;

/// <summary>The one way in which the ledger writes and reads JSON: camelCase, enums as words, absent instead of null, times with six decimals.</summary>
public static class DomainJson
{
    /// <summary>For stored events and answers: unknown members of stored data are ignored, since an older reader may meet a newer event.</summary>
    public static JsonSerializerOptions Stored { get; } = Make(JsonUnmappedMemberHandling.Skip);

    /// <summary>For what clients send: unknown members are refused, so that a misspelt field is never silently lost.</summary>
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
            // Stored data may lack what was erased, or what an older shape did not have: it reads as the default.
            RespectRequiredConstructorParameters = unmapped == JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // The output is JSON, never pasted into HTML unescaped; readable text is worth more than escaped angle brackets.
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

    /// <summary>Nullable annotations hold for properties alone; the items of a list are as little null as the list itself.</summary>
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

    /// <summary>What a command makes of its other members is no field of its body: the reader would pass over it in silence.</summary>
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

    /// <summary>As the framework's own, but shares what it reads.</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && reader.ValueSpan.Length <= SharedText.LengthMax
                ? Shared(ref reader)
                : reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

        /// <summary>UTF-16 has never more units than UTF-8.</summary>
        private static string Shared(ref Utf8JsonReader reader)
        {
            Span<char> text = stackalloc char[SharedText.LengthMax];
            return SharedText.Of(text[..reader.CopyString(text)]);
        }
    }
}
