using System.Globalization;

namespace Ledger.Domain;

/// <summary>Reads the four forms of a time into the half-open interval that each names in a zone.</summary>
public static class PartialDate
{
    /// <summary>Years outside these bounds leave no room in .NET's calendar for an offset or for "the day after".</summary>
    private const int YearMin = 2;
    internal const int YearMax = 9997;

    /// <summary>An instant with an offset and nanoseconds has 35 characters. More decimals have no use, and the text would be kept for ever.</summary>
    private const int LengthMax = 40;

    /// <summary>The longest time that a zone skipped: zones that crossed the date line skipped one day.</summary>
    private static readonly TimeSpan SkipMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan SkipStep = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Reads the interval that the text names: a whole local year, month or day, or one instant. False where the text has none of these forms.
    /// </summary>
    public static bool TryInterval(string text, TimeZoneInfo zone, out Interval interval)
    {
        interval = default;
        if (text.Length > 10)
        {
            if (text.Length > LengthMax || !WireTime.TryParse(text, out var instant) || instant.Year is < YearMin or > YearMax)
            {
                return false;
            }

            interval = Interval.At(instant);
            return true;
        }

        var form = text.Length switch { 4 => "yyyy", 7 => "yyyy-MM", 10 => "yyyy-MM-dd", _ => null };
        if (form is null
            || !DateTime.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            || first.Year is < YearMin or > YearMax)
        {
            return false;
        }

        var after = text.Length switch { 4 => first.AddYears(1), 7 => first.AddMonths(1), _ => first.AddDays(1) };
        interval = new(MidnightIn(zone, first), MidnightIn(zone, after));
        return interval.From < interval.To; // A zone that crosses the date line skips a day. That day names no moment in the zone.
    }

    /// <summary>The first moment of a local day, even where clocks skip midnight or show it twice, or where the zone skips the whole day.</summary>
    private static DateTimeOffset MidnightIn(TimeZoneInfo zone, DateTime local)
    {
        var moment = MomentOf(zone, local);
        for (var later = local; TimeZoneInfo.ConvertTime(moment, zone).DateTime != later && later < local + SkipMax;)
        {
            later += SkipStep;
            moment = MomentOf(zone, later);
        }

        return moment;
    }

    /// <summary>
    /// The moment at which clocks show a local time: the first one where they show it twice. Where they never show it, the result is a moment with
    /// another local time.
    /// </summary>
    private static DateTimeOffset MomentOf(TimeZoneInfo zone, DateTime local)
    {
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
    }
}
