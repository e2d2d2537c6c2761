namespace Ledger.Transparency;

/// <summary>
/// Base64 with exactly one form for each value (RFC 4648 §4 with §3.5): no white space, padding required, spare bits zero.
/// The framework's decoder accepts more, so a byte of a proof could change without being noticed.
/// </summary>
internal static class CanonicalBase64
{
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int written) =>
        Convert.TryFromBase64Chars(text, bytes, out written) && IsCanonical(text, bytes[..written]);

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[text.Length / 4 * 3];
        var decoded = TryDecode(text, bytes, out var written);
        bytes = decoded ? bytes[..written] : [];
        return decoded;
    }

    private static bool IsCanonical(ReadOnlySpan<char> text, ReadOnlySpan<byte> bytes) =>
        text.SequenceEqual(Convert.ToBase64String(bytes));
}
