using System.Text.RegularExpressions;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>Converts identifiers to the normal form that an <see cref="Identity"/> compares.</summary>
public static partial class IdentityNames
{
    private const int LengthMax = 2_000;

    /// <summary>
    /// The normal form of an identifier: <c>doi:…</c>, <c>orcid:…</c> and <c>ror:…</c> in lower case, a web address as <c>https://</c> and the form
    /// that <c>/v1/status</c> compares (<see cref="DocumentUrl"/>), and some other URIs (such as <c>urn:</c> and <c>isbn:</c>) unchanged. Null for a
    /// text that is no identifier.
    /// </summary>
    public static string? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > LengthMax)
        {
            return null;
        }

        var given = text.Trim();
        return Doi.Normalise(given) is { } doi ? $"doi:{doi}"
            : OrcidForm().Match(given) is { Success: true } orcid ? $"orcid:{orcid.Groups[1].Value.ToLowerInvariant()}"
            : RorForm().Match(given) is { Success: true } ror ? $"ror:{ror.Groups[1].Value.ToLowerInvariant()}"
            : DocumentUrl.Normalise(given) is { } url ? $"https://{url}"
            : OtherUri().IsMatch(given) ? given
            : null;
    }

    /// <summary>
    /// The site of an address, such as <c>https://example.org</c>. It stands for whoever publishes there. Null for a text that is no web address.
    /// </summary>
    public static string? SiteOf(string? url) =>
        DocumentUrl.Normalise(url) is { } normal ? $"https://{(normal.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? normal[..slash] : normal.Split('?')[0])}" : null;

    /// <summary>The normal forms of several identifiers, in their order, without duplicates.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string?> texts) => [.. texts.Select(Of).OfType<string>().Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"^(?:https?://orcid\.org/|orcid:)([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OrcidForm();

    [GeneratedRegex(@"^(?:https?://ror\.org/|ror:)(0[a-z0-9]{6}[0-9]{2})/?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RorForm();

    [GeneratedRegex(@"^(?:urn|tag|isbn|issn|guid|info|ni|at|did):\S+\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherUri();
}
