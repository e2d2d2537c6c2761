using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Ledger.Transparency;

/// <summary>The one form of a JSON number: ECMA-262 Number::toString, as RFC 8785 §3.2.2.3 prescribes.</summary>
internal static class CanonicalNumber
{
    // PostgreSQL's numeric has at most 131,072 digits before the point and 16,383 after it. A larger exponent can only be an attack.
    private const int ExponentMax = 200_000;

    // Integers of at most this many digits are exact in a double and already have their canonical form.
    private const int PlainDigitsMax = 15;

    // The decimal points beyond which ECMAScript writes an exponent.
    private const int PointMax = 21;
    private const int PointMin = -6;

    // The shortest form of a double has at most 24 characters, with sign and exponent.
    private const int DoubleTextLengthMax = 32;

    /// <summary>Appends the canonical form of a token that satisfies JSON's grammar for numbers.</summary>
    public static bool TryWrite(
        ReadOnlySpan<byte> token, NumberRule rule, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (token.Length <= PlainDigitsMax && token[0] != (byte)'-' && !token.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            target.Write(token);
            return true;
        }

        if (rule == NumberRule.Exact)
        {
            return TryWriteExact(token, target, out problem);
        }

        // Parsing never fails on a token of JSON's grammar. It rounds to the nearest double, or to infinity.
        if (!Utf8Parser.TryParse(token, out double value, out _) || !double.IsFinite(value))
        {
            problem = "A number is beyond the range of a double (RFC 8785 §3.2.2.3).";
            return false;
        }

        Span<byte> shortest = stackalloc byte[DoubleTextLengthMax];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        return TryWriteExact(shortest[..length], target, out problem);
    }

    private static bool TryWriteExact(ReadOnlySpan<byte> token, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var negative = token[0] == (byte)'-';
        var unsigned = negative ? token[1..] : token;
        var exponentMark = unsigned.IndexOfAny((byte)'e', (byte)'E');
        var exponent = 0;
        if (exponentMark >= 0 && (!TryParseExponent(unsigned[(exponentMark + 1)..], out exponent) || Math.Abs(exponent) > ExponentMax))
        {
            problem = $"The exponent of a number is beyond {ExponentMax}.";
            return false;
        }

        // The value is 0.digits × 10^point, with no zero at either end of the digits.
        var mantissa = Encoding.ASCII.GetString(exponentMark >= 0 ? unsigned[..exponentMark] : unsigned);
        var pointMark = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = pointMark < 0 ? mantissa : mantissa.Remove(pointMark, 1);
        var digits = all.TrimStart('0');
        var point = (pointMark < 0 ? all.Length : pointMark) - (all.Length - digits.Length) + exponent;
        digits = digits.TrimEnd('0');
        var form = digits.Length == 0 ? "0" : (negative ? "-" : "") + Layout(digits, point);
        Encoding.ASCII.GetBytes(form, target);
        return true;
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);

    private static string Layout(string digits, int point) => point switch
    {
        > PointMax or <= PointMin => Exponential(digits, point - 1),
        <= 0 => $"0.{new string('0', -point)}{digits}",
        _ when point >= digits.Length => digits + new string('0', point - digits.Length),
        _ => $"{digits[..point]}.{digits[point..]}",
    };

    private static string Exponential(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
    }
}
