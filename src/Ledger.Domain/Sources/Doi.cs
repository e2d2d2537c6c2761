using System.Text.RegularExpressions;

namespace Ledger.Domain;

/// <summary>The normal form of a DOI (ISO 26324), by which different ways of writing it are compared.</summary>
public static partial class Doi
{
    /// <summary>The greatest accepted length, in UTF-16 units. The registry allows any length, but no DOI in use is longer.</summary>
    private const int LengthMax = 500;

    /// <summary>
    /// The bare DOI in lower case, such as <c>10.1000/abc</c>, because DOIs do not differ by case. The text may be a bare DOI, <c>doi:…</c> or a URL at
    /// doi.org. Null for everything else, such as <c>0</c> or <c>unavailable</c>.
    /// </summary>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length > LengthMax)
        {
            return null;
        }

        var match = Form().Match(text.Trim());
        if (!match.Success)
        {
            return null;
        }

        var doi = match.Groups["doi"].Value;
        return (match.Groups["url"].Success ? Uri.UnescapeDataString(doi) : doi).ToLowerInvariant();
    }

    [GeneratedRegex(@"^(?:(?<url>https?://(?:www\.|dx\.)?doi\.org/)|(?:urn:)?doi:\s*|info:doi/)?(?<doi>10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
