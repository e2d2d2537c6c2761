using System.Text.Json;

namespace Ledger.Domain;

/// <summary>
/// JSON that does not have the expected form. The message is written for the sender; the serializer's own messages name types of this program.
/// </summary>
/// <param name="message">What is expected.</param>
public sealed class UnfitJsonException(string message) : JsonException(message)
{
    /// <summary>
    /// Reads a value inside a converter. The serializer's own exception would give a path that begins at that value instead of at the whole body.
    /// This exception gets its path from the code that reads the body.
    /// </summary>
    /// <param name="reader">The reader, positioned at the value.</param>
    /// <param name="options">The options of the converter.</param>
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
