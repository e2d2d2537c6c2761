using System.Text.RegularExpressions;

namespace Ledger.Domain;

/// <summary>A DOI (ISO 26324) in the one form in which two ways of writing it are compared.</summary>
public static partial class Doi
{
    /// <summary>The registry allows any length; none of use is longer.</summary>
    private const int LengthMax = 500;

    /// <summary>
    /// The DOI alone in lower case, such as <c>10.1000/abc</c>, of a bare DOI, of <c>doi:…</c> and of an address at doi.org: DOIs do not differ
    /// by case. Null for everything else, such as <c>0</c> or <c>unavailable</c>.
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
