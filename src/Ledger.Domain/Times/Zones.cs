namespace Ledger.Domain;

/// <summary>Time zones by IANA name.</summary>
public static class Zones
{
    /// <summary>The zone with an IANA name; null where there is none. The name must contain a slash or be UTC.</summary>
    public static TimeZoneInfo? Find(string name) =>
        name.Contains('/', StringComparison.Ordinal) || name == "UTC"
            ? TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null
            : null;

    /// <summary>The zone with an IANA name; UTC where the name is null or unknown.</summary>
    public static TimeZoneInfo OrUtc(string? name) => name is null ? TimeZoneInfo.Utc : Find(name) ?? TimeZoneInfo.Utc;
}
