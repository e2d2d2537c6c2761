namespace Ledger.Transparency;

/// <summary>How a JSON number is written that an IEEE 754 double cannot hold.</summary>
public enum NumberRule
{
    /// <summary>
    /// The exact decimal value, in the layout of ECMAScript. It equals RFC 8785 for every number that a double can print
    /// (1237, 2.30, 1e21). A longer number keeps all its digits. RFC 8785 would give two different long numbers the same form, and
    /// so the same commitment. PostgreSQL's jsonb keeps long numbers exactly too.
    /// </summary>
    Exact,

    /// <summary>Exactly as in RFC 8785 §3.2.2.3: the shortest form of the nearest double. A number beyond the range of a double is refused.</summary>
    Ieee754Double,
}
