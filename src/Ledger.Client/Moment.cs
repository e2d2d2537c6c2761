namespace Ledger.Client;

/// <summary>The moment of a read. Both values are texts of the API, so that what a person typed is sent unchanged.</summary>
/// <param name="AsOf">The recorded state at a time (RFC 3339) or at a log position. Null means now.</param>
/// <param name="KnownAt">Only what was publicly known at a time or a date such as <c>2018-08-03</c>. Null means everything recorded.</param>
public sealed record Moment(string? AsOf = null, string? KnownAt = null)
{
    /// <summary>Adds the moment to the query of a path.</summary>
    internal static string On(string path, Moment? moment) => QueryOf.Add(path, ("asOf", moment?.AsOf), ("knownAt", moment?.KnownAt));
}

/// <summary>Puts names and values into the query of a path.</summary>
internal static class QueryOf
{
    internal static string Add(string path, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
            }
        }

        return path;
    }
}
