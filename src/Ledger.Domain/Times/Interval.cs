namespace Ledger.Domain;

/// <summary>How two times stand to each other when each may be only partly known.</summary>
public enum TimeOrder
{
    /// <summary>Wholly before.</summary>
    Before,

    /// <summary>Wholly after.</summary>
    After,

    /// <summary>They overlap: the order is not known, and readers are told so.</summary>
    Unknown,
}

/// <summary>A half-open stretch of time [From, To). An instant lasts one microsecond, the precision of the log.</summary>
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

    /// <summary>Before means wholly before; overlapping intervals have no known order.</summary>
    public TimeOrder ComparedTo(Interval other) =>
        To <= other.From ? TimeOrder.Before : other.To <= From ? TimeOrder.After : TimeOrder.Unknown;

    /// <summary>Whether the two share a moment.</summary>
    public bool Overlaps(Interval other) => From < other.To && other.From < To;
}
