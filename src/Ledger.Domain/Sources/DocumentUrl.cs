namespace Ledger.Domain;

/// <summary>The form of a URL by which a document is found: what differs between two ways of writing the same address is left out.</summary>
public static class DocumentUrl
{
    private static readonly string[] TrackingPrefixes = ["utm_", "mc_", "pk_"];
    private static readonly string[] TrackingNames = ["fbclid", "gclid", "dclid", "msclkid", "igshid", "yclid", "cmpid", "ref", "ref_src"];

    /// <summary>
    /// Host in lower case without "www.", path without a trailing slash, the query sorted and without the parameters that only count visitors;
    /// no scheme, port or fragment. Null for what is no web address.
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
