namespace Ledger.Domain;

/// <summary>The bounds on what one command may carry. They keep an event readable, an answer bounded and a leaf under 64 KiB.</summary>
public static class Limits
{
    /// <summary>Code points of a proposition or a statement.</summary>
    public const int StatementCodePointsMax = 10_000;

    /// <summary>Code points of a JSON value in a change or a difference. The longest attribution chain fits.</summary>
    public const int ValueCodePointsMax = 200_000;

    /// <summary>Code points of a title, a name, a citation, a reason.</summary>
    public const int LineCodePointsMax = 2_000;

    /// <summary>Code points of a word: a kind, a role, an edition, a unit.</summary>
    public const int WordCodePointsMax = 100;

    /// <summary>Code points of the text of a source version. For most scripts the body limit of 1 MB is reached first.</summary>
    public const int TextCodePointsMax = 1_000_000;

    /// <summary>Items, changes, links, figures, topics in one request.</summary>
    public const int ItemsMax = 64;

    /// <summary>How far a publication may seem to lie in the future, because clocks differ.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(5);
}
