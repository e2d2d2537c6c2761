namespace Ledger.Domain;

/// <summary>The order of two times, each of which may be known only partly.</summary>
public enum TimeOrder
{
    /// <summary>The first lies wholly before the second.</summary>
    Before,

    /// <summary>The first lies wholly after the second.</summary>
    After,

    /// <summary>The two overlap, so that their order is not known. Readers are told so.</summary>
    Unknown,
}

/// <summary>A half-open interval of time [From, To). An instant lasts one microsecond, the precision of the log.</summary>
/// <param name="From">The first moment that belongs to it.</param>
/// <param name="To">The first moment after it.</param>
public readonly record struct Interval(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The interval of one instant.</summary>
    public static Interval At(DateTimeOffset instant)
    {
        var from = WireTime.Truncate(instant);
        return new(from, from.AddMicroseconds(1));
    }

    /// <summary>The order of this interval and another. Overlapping intervals have no known order.</summary>
    public TimeOrder ComparedTo(Interval other) =>
        To <= other.From ? TimeOrder.Before : other.To <= From ? TimeOrder.After : TimeOrder.Unknown;

    /// <summary>Whether the two intervals share a moment.</summary>
    public bool Overlaps(Interval other) => From < other.To && other.From < To;
}
