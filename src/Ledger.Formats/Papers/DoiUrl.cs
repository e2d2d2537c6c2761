namespace Ledger.Formats;

/// <summary>The address of a DOI.</summary>
public static class DoiUrl
{
    /// <summary>
    /// The address at doi.org of a DOI in normal form, such as <c>https://doi.org/10.1000/abc</c>. Characters that a URL cannot contain are escaped.
    /// </summary>
    public static string Of(string doi) => "https://doi.org/" + Uri.EscapeDataString(doi)
        .Replace("%2F", "/", StringComparison.Ordinal).Replace("%28", "(", StringComparison.Ordinal).Replace("%29", ")", StringComparison.Ordinal)
        .Replace("%3A", ":", StringComparison.Ordinal).Replace("%3B", ";", StringComparison.Ordinal);
}
