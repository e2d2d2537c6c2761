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

        // The upper bits of the hash are mixed better than the lower.
        ref var place = ref Kept[(hash ^ (hash >> 16)) & (Places - 1)];
        return place is { } known && text.SequenceEqual(known) ? known : place = text.ToString();
    }
}
