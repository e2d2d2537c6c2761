using System.Globalization;

namespace Ledger.Transparency;

/// <summary>The one text form of a recorded time: UTC, six decimals and Z, because PostgreSQL keeps microseconds.</summary>
internal static class RecordedTime
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static bool IsWholeMicroseconds(DateTimeOffset time) => time.Ticks % TimeSpan.TicksPerMicrosecond == 0;

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
