using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>
/// Reads a number only where it can be kept exactly. A number that would be rounded is refused, because the ledger never changes what was said.
/// </summary>
public sealed class ExactNumber : JsonConverter<decimal>
{
    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw new UnfitJsonException("A number is expected, without quotation marks.");
        }

        var text = Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        return reader.TryGetDecimal(out var value) && Digits(text) == Digits(value.ToString(CultureInfo.InvariantCulture))
            ? value
            : throw new UnfitJsonException(
                $"{(text.Length > 40 ? text[..40] + "…" : text)} cannot be kept exactly; a number has at most 28 digits, of which at most 28 stand behind the point.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    /// <summary>
    /// A number's sign, its digits without leading and trailing zeros, and the power of ten of the last digit. Equal numbers give equal results.
    /// </summary>
    private static (bool Negative, string Digits, long Power)? Digits(string number)
    {
        var exponentAt = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        var power = 0L;
        if (exponentAt >= 0 && !long.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
        {
            power = long.MinValue / 2; // The exponent is out of range, so only zero can equal this number.
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        power -= point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.TrimStart('-').Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var significant = digits.TrimEnd('0');
        return significant.Length == 0 ? (false, "", 0) : (mantissa[0] == '-', significant, power + digits.Length - significant.Length);
    }
}
