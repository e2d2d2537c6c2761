using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>
/// A time as a client writes it: <c>"2018-08-03"</c>, or <c>{"value": "2018-08-03", "basis": "inferred"}</c>. It is not yet resolved in a time zone.
/// </summary>
/// <param name="Value">One of the four forms of a <see cref="StatedTime"/>.</param>
/// <param name="Basis">Whether the time is stated or inferred; stated where the client does not say.</param>
[JsonConverter(typeof(TimeInputConverter))]
public sealed record TimeInput(string Value, Basis Basis = Basis.Stated);

/// <summary>Reads both forms and writes the shortest one that fits.</summary>
public sealed class TimeInputConverter : JsonConverter<TimeInput>
{
    private const string Expected = "A time is \"2018-08-03\" or {\"value\": \"2018-08-03\", \"basis\": \"inferred\"}; the basis is stated or inferred.";

    private sealed record Form(string Value, Basis Basis = Basis.Stated);

    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
    public override TimeInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new(reader.GetString()!);
        }

        var form = UnfitJsonException.Read<Form>(ref reader, options, Expected);
        return form?.Value is null ? throw new UnfitJsonException(Expected) : new(form.Value, form.Basis);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeInput value, JsonSerializerOptions options)
    {
        if (value.Basis == Basis.Stated)
        {
            writer.WriteStringValue(value.Value);
        }
        else
        {
            JsonSerializer.Serialize(writer, new Form(value.Value, value.Basis), options);
        }
    }
}
