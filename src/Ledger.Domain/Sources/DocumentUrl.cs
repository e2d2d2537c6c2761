namespace Ledger.Domain;

/// <summary>The normal form of a URL, by which a document is found. Two ways of writing the same address have the same normal form.</summary>
public static class DocumentUrl
{
    private static readonly string[] TrackingPrefixes = ["utm_", "mc_", "pk_"];
    private static readonly string[] TrackingNames = ["fbclid", "gclid", "dclid", "msclkid", "igshid", "yclid", "cmpid", "ref", "ref_src"];

    /// <summary>
    /// The host in lower case without "www.", the path without a trailing slash, and the sorted query without tracking parameters. The scheme, a default
    /// port and the fragment are left out. Null for a text that is no http or https URL.
    /// </summary>
    public static string? Normalise(string? url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var host = uri.IdnHost.ToLowerInvariant();
        host = host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsTracking(p.Split('=')[0])).Order(StringComparer.Ordinal);
        var normal = host + (uri.IsDefaultPort ? "" : $":{uri.Port}") + uri.AbsolutePath.TrimEnd('/');
        return string.Join('&', query) is { Length: > 0 } kept ? $"{normal}?{kept}" : normal;
    }

    private static bool IsTracking(string name) =>
        TrackingNames.Contains(name, StringComparer.OrdinalIgnoreCase) || TrackingPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
}
