using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Whether the author states something or the recorder of the entry infers it.</summary>
public enum Basis
{
    /// <summary>The source itself says it.</summary>
    Stated,

    /// <summary>The recorder of the entry inferred it.</summary>
    Inferred,
}

/// <summary>How exactly a time is known. It follows from the form in which the time was written.</summary>
public enum Precision
{
    /// <summary>A year, <c>2018</c>.</summary>
    Year,

    /// <summary>A month, <c>2018-08</c>.</summary>
    Month,

    /// <summary>A day, <c>2018-08-03</c>.</summary>
    Day,

    /// <summary>An instant, <c>2018-08-03T14:05:00Z</c>.</summary>
    Instant,
}

/// <summary>
/// A time as somebody stated it, with the interval that it names. The interval is resolved once, in the source's time zone, and kept for ever.
/// </summary>
/// <param name="Value">The text as given: <c>2018</c>, <c>2018-08</c>, <c>2018-08-03</c> or an RFC 3339 instant.</param>
/// <param name="Basis">Whether the time is stated or inferred.</param>
/// <param name="From">Start of the interval, inclusive.</param>
/// <param name="To">End of the interval, exclusive.</param>
public sealed record StatedTime(string Value, Basis Basis, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The half-open interval that the text names.</summary>
    [JsonIgnore]
    public Interval Interval => new(From, To);

    /// <summary>How exactly the time is known.</summary>
    [JsonIgnore]
    public Precision Precision => Value.Length switch { 4 => Precision.Year, 7 => Precision.Month, 10 => Precision.Day, _ => Precision.Instant };

    /// <summary>Resolves what a client wrote; null where it has none of the four forms, or names no date of the calendar.</summary>
    public static StatedTime? Resolve(TimeInput input, TimeZoneInfo zone) =>
        PartialDate.TryInterval(input.Value, zone, out var interval) ? new(input.Value, input.Basis, interval.From, interval.To) : null;
}
