namespace Ledger.Domain;

/// <summary>Values were erased permanently, by two principals, on a legal basis. The event itself holds no personal data.</summary>
public sealed record PayloadErased : LedgerEvent
{
    /// <summary>The log positions of the events whose values were erased.</summary>
    public IReadOnlyList<long> Positions { get; init; } = [];

    /// <summary>The erased fields of those events.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>
    /// The log positions of the events of the same stream that lost tags, because the tags were made of erased values; null where there are none.
    /// </summary>
    public IReadOnlyList<long>? TagsOf { get; init; }

    /// <summary>The legal basis of the erasure.</summary>
    public string LegalBasis { get; init; } = "";

    /// <summary>The principals that requested and approved the erasure.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];
}
