using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>Converts times of other formats to the ledger's four forms. A missing part is never invented.</summary>
internal static partial class Dates
{
    private static readonly string[] DateParts = ["y", "m", "d"];
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>The zones that RFC 822 names. Any other name is read as no zone.</summary>
    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Z"] = "Z", ["UT"] = "Z", ["UTC"] = "Z", ["GMT"] = "Z", ["EST"] = "-05:00", ["EDT"] = "-04:00", ["CST"] = "-06:00", ["CDT"] = "-05:00",
        ["MST"] = "-07:00", ["MDT"] = "-06:00", ["PST"] = "-08:00", ["PDT"] = "-07:00",
    };

    /// <summary>Reads a date or time of ISO 8601 (complete or partial, basic or extended) or RFC 822.</summary>
    /// <param name="text">The text as it was given.</param>
    /// <param name="doubt">What was dropped or could not be read, for a report; null where there is no doubt.</param>
    /// <returns>A time in one of the four forms; null where there is none.</returns>
    internal static string? Read(string? text, out string? doubt)
    {
        doubt = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var given = text.Trim();
        var time = given.Length <= 60 ? Iso(given, ref doubt) ?? Rfc822(given, ref doubt) : null;
        if (time is not null && PartialDate.TryInterval(time, TimeZoneInfo.Utc, out _))
        {
            return time;
        }

        doubt = $"\"{(given.Length <= 60 ? given : given[..60] + "…")}\" is no date that can be read without guessing; the time is recorded as unknown.";
        return null;
    }

    /// <summary>A time with basis inferred: the file does not state it, but it follows from what the file states.</summary>
    internal static JsonNode? Inferred(string? time) => time is null ? null : new JsonObject { ["value"] = time, ["basis"] = "inferred" };

    private static string? Iso(string text, ref string? doubt)
    {
        if (IsoForm().Match(text) is not { Success: true } m)
        {
            return null;
        }

        var date = string.Join('-', DateParts.Select(g => m.Groups[g]).Where(g => g.Success).Select(g => g.Value));
        if (!m.Groups["h"].Success)
        {
            return date;
        }

        var second = m.Groups["s"].Success ? m.Groups["s"].Value : "00";
        return WithZone(date, $"{m.Groups["h"].Value}:{m.Groups["min"].Value}:{second}{m.Groups["f"].Value}", m.Groups["z"].Value, ref doubt);
    }

    private static string? Rfc822(string text, ref string? doubt)
    {
        if (Rfc822Form().Match(text) is not { Success: true } m || Array.IndexOf(Months, m.Groups["m"].Value.ToLowerInvariant()) is not (>= 0 and var month))
        {
            return null;
        }

        var year = int.Parse(m.Groups["y"].Value, CultureInfo.InvariantCulture);
        year += m.Groups["y"].Length > 2 ? 0 : year < 50 ? 2000 : 1900; // RFC 2822, section 4.3
        var date = string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month + 1:00}-{int.Parse(m.Groups["d"].Value, CultureInfo.InvariantCulture):00}");
        var second = m.Groups["s"].Success ? m.Groups["s"].Value : "00";
        return m.Groups["h"].Success ? WithZone(date, $"{m.Groups["h"].Value}:{m.Groups["min"].Value}:{second}", m.Groups["z"].Value, ref doubt) : date;
    }

    private static string WithZone(string date, string time, string zone, ref string? doubt)
    {
        var offset = Zones.GetValueOrDefault(zone)
            ?? (zone is ['+' or '-', ..] ? zone.Length == 3 ? zone + ":00" : zone.Contains(':', StringComparison.Ordinal) ? zone : zone.Insert(3, ":") : null);
        if (offset is not null)
        {
            return $"{date}T{time}{offset}";
        }

        doubt = "The time has no zone; only its day is kept.";
        return date;
    }

    [GeneratedRegex(@"^(?<y>\d{4})(?:-(?<m>\d\d)(?:-(?<d>\d\d))?|(?<m>\d\d)(?<d>\d\d))?(?:(?<=\d{4}-?\d\d-?\d\d)[Tt ](?<h>\d\d):?(?<min>\d\d)(?::?(?<s>\d\d)(?<f>\.\d+)?)?\s*(?<z>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsoForm();

    [GeneratedRegex(@"^(?:[A-Za-z]{3,9},?\s+)?(?<d>\d{1,2})\s+(?<m>[A-Za-z]{3})[a-z]*\.?\s+(?<y>\d{4}|\d\d)(?:\s+(?<h>\d\d):(?<min>\d\d)(?::(?<s>\d\d))?(?:\s*(?<z>[A-Za-z]+|[+-]\d{4}))?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc822Form();
}
