namespace Ledger.Domain;

/// <summary>The bounds of what one command may carry. They keep one event readable, one answer bounded and one leaf under 64 KiB.</summary>
public static class Limits
{
    /// <summary>Code points of a proposition or a statement.</summary>
    public const int StatementCodePointsMax = 10_000;

    /// <summary>Code points of a value written as JSON in a change or a difference: the longest chain of attribution fits.</summary>
    public const int ValueCodePointsMax = 200_000;

    /// <summary>Code points of a title, a name, a citation, a reason.</summary>
    public const int LineCodePointsMax = 2_000;

    /// <summary>Characters of a word: a kind, a role, an edition, a unit.</summary>
    public const int WordCodePointsMax = 100;

    /// <summary>Code points of a kept text of a source version; the body limit of 1 MB binds first for most scripts.</summary>
    public const int TextCodePointsMax = 1_000_000;

    /// <summary>Items, changes, links, figures, topics in one request.</summary>
    public const int ItemsMax = 64;

    /// <summary>How far a publication may seem to lie in the future, for clocks that differ.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(5);
}
