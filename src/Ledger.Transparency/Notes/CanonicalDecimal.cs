using System.Globalization;

namespace Ledger.Transparency;

/// <summary>A number as checkpoints and proofs write it: ASCII digits, without a sign or a leading zero.</summary>
internal static class CanonicalDecimal
{
    public static bool TryParse(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (text.Length == 1 || text[0] != '0');

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);
}
