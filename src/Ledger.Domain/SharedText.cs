namespace Ledger.Domain;

/// <summary>
/// A cache of short texts that occur again and again, such as ids, roles and language tags. Where many thousands of events are in memory, most of
/// their texts are the same few, and here they share one string. A text that is not in the cache gets a new string, so nothing depends on the cache.
/// </summary>
public static class SharedText
{
    /// <summary>The greatest length of a cached text, in UTF-16 units. A longer text hardly ever occurs again.</summary>
    public const int LengthMax = 32;

    /// <summary>The number of places in the cache, a power of two. Of two texts with the same place, the later one is kept.</summary>
    private const int Places = 8_192;

    private const uint FnvBasis = 2_166_136_261;
    private const uint FnvPrime = 16_777_619;

    private static readonly string?[] Kept = new string?[Places];

    /// <summary>The text as a string, which may be shared with others.</summary>
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

        // The upper bits of the hash are mixed better than the lower bits, so the place depends on both.
        ref var place = ref Kept[(hash ^ (hash >> 16)) & (Places - 1)];
        return place is { } known && text.SequenceEqual(known) ? known : place = text.ToString();
    }
}
