namespace Ledger.Transparency;

/// <summary>What becomes of a JSON number that an IEEE 754 double cannot hold.</summary>
public enum NumberRule
{
    /// <summary>
    /// The exact decimal value, laid out as ECMAScript would. Equal to RFC 8785 for every number that a double can print
    /// (1237, 2.30, 1e21); longer ones keep all their digits, where RFC 8785 would give two different numbers one form, and
    /// so one commitment. PostgreSQL's jsonb keeps them exactly too.
    /// </summary>
    Exact,

    /// <summary>RFC 8785 §3.2.2.3 to the letter: the nearest double's shortest form; a number beyond its range is refused.</summary>
    Ieee754Double,
}
