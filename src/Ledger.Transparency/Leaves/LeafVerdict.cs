namespace Ledger.Transparency;

/// <summary>The verdict of a verifier on one event.</summary>
public abstract record LeafVerdict
{
    private LeafVerdict()
    {
    }

    /// <summary>The stored event is the one in the tree.</summary>
    public sealed record Intact : LeafVerdict;

    /// <summary>All that remains of the event is in the tree, and what is missing was erased by events of the log.</summary>
    /// <param name="Positions">The positions of the erasing events, ascending.</param>
    public sealed record ErasedBy(IReadOnlyList<long> Positions) : LeafVerdict;

    /// <summary>The stored event is not the one in the tree, or something is missing that no event erased.</summary>
    /// <param name="Reason">What differs, in words for people.</param>
    public sealed record Tampered(string Reason) : LeafVerdict;
}
