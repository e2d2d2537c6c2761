namespace Ledger.Transparency;

/// <summary>What a verifier says of one event.</summary>
public abstract record LeafVerdict
{
    private LeafVerdict()
    {
    }

    /// <summary>The stored event is the one that stands in the tree.</summary>
    public sealed record Intact : LeafVerdict;

    /// <summary>All that is left of the event stands in the tree, and what is missing was erased by events of the log.</summary>
    /// <param name="Positions">The positions of the erasing events, ascending.</param>
    public sealed record ErasedBy(IReadOnlyList<long> Positions) : LeafVerdict;

    /// <summary>The stored event is not the one that stands in the tree, or something is missing that no event erased.</summary>
    /// <param name="Reason">What differs, for people.</param>
    public sealed record Tampered(string Reason) : LeafVerdict;
}
