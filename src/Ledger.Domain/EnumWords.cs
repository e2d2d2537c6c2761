using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>
/// Reads and writes enums as single camelCase words. The framework's converter would also read "hedged, conditional" and combine the two into a third
/// value.
/// </summary>
public sealed class EnumWords : JsonConverterFactory
{
    private static readonly JsonStringEnumConverter Words = new(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    /// <inheritdoc/>
    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter?)Activator.CreateInstance(typeof(OneWord<>).MakeGenericType(typeToConvert), Words.CreateConverter(typeToConvert, options));

    private sealed class OneWord<T>(JsonConverter<T> words) : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && HasComma(ref reader)
                ? throw new UnfitJsonException("One word is expected, not a list of words.")
                : words.Read(ref reader, typeToConvert, options);

        private static bool HasComma(ref Utf8JsonReader reader) => reader.HasValueSequence || reader.ValueIsEscaped
            ? reader.GetString()!.Contains(',', StringComparison.Ordinal)
            : reader.ValueSpan.Contains((byte)',');

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => words.Write(writer, value, options);
    }
}
