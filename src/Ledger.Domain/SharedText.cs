using System.Text;

namespace Ledger.Domain;

/// <summary>
/// Short texts that come again and again (ids, roles, the words of a language), kept once for all who hold them: where many thousands of events
/// are in memory, most of what they hold are the same few texts. A text that is not found is a new one, so nothing depends on what is kept.
/// </summary>
public static class SharedText
{
    /// <summary>UTF-16 units: what is longer is hardly ever met again.</summary>
    public const int LengthMax = 32;

    /// <summary>A power of two. Of two texts with the same place, the one that was met last is kept.</summary>
    private const int Places = 8_192;

    private const uint FnvBasis = 2_166_136_261;
    private const uint FnvPrime = 16_777_619;

    private static readonly string?[] Kept = new string?[Places];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text as a string, perhaps one that others hold too.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.Length > LengthMax)
        {
            return text.ToString();
        }

        var hash = FnvBasis;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * FnvPrime;
        }

        ref var place = ref PlaceOf(hash);
        return place is { } known && text.SequenceEqual(known) ? known : place = text.ToString();
    }

    /// <summary>The same of UTF-8.</summary>
    /// <exception cref="ArgumentException">It is not UTF-8.</exception>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LengthMax || !Ascii.IsValid(utf8))
        {
            return Strict.GetString(utf8);
        }

        var hash = FnvBasis;
        foreach (var unit in utf8)
        {
            hash = (hash ^ unit) * FnvPrime;
        }

        ref var place = ref PlaceOf(hash);
        return place is { } known && Ascii.Equals(utf8, known) ? known : place = Encoding.ASCII.GetString(utf8);
    }

    /// <summary>The upper bits of the hash are mixed better than the lower.</summary>
    private static ref string? PlaceOf(uint hash) => ref Kept[(hash ^ (hash >> 16)) & (Places - 1)];
}
