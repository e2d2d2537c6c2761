namespace Ledger.Domain;

/// <summary>Time zones by IANA name.</summary>
public static class Zones
{
    /// <summary>The zone, or null where the name is none.</summary>
    public static TimeZoneInfo? Find(string name) =>
        name.Contains('/', StringComparison.Ordinal) || name == "UTC"
            ? TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null
            : null;

    /// <summary>The zone of a source, UTC where none was given.</summary>
    public static TimeZoneInfo OrUtc(string? name) => name is null ? TimeZoneInfo.Utc : Find(name) ?? TimeZoneInfo.Utc;
}
