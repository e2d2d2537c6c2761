using System.Text.Json;

namespace Ledger.Domain;

/// <summary>JSON that does not fit, in words for whoever sent it; the serializer's own words name types of this program.</summary>
/// <param name="message">What is expected.</param>
public sealed class UnfitJsonException(string message) : JsonException(message)
{
    /// <summary>
    /// Reads a value inside a converter. The serializer's own complaint would name a place in that value as if the whole body began there;
    /// this one is given its place by whoever reads the body.
    /// </summary>
    /// <param name="reader">Stands at the value.</param>
    /// <param name="options">As the converter has them.</param>
    /// <param name="expected">What is expected, as a sentence.</param>
    internal static T? Read<T>(ref Utf8JsonReader reader, JsonSerializerOptions options, string expected)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(ref reader, options);
        }
        catch (JsonException e)
        {
            throw new UnfitJsonException(e is UnfitJsonException ? e.Message : expected);
        }
    }
}
