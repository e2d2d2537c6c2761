namespace Ledger.Domain;

/// <summary>Values were erased for good, by two principals, on a legal basis. The event itself names no personal data.</summary>
public sealed record PayloadErased : LedgerEvent
{
    /// <summary>The events whose values were erased.</summary>
    public IReadOnlyList<long> Positions { get; init; } = [];

    /// <summary>Which of their fields.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The events, of the same stream, whose tags were made of such values and lost them; none where no tag was.</summary>
    public IReadOnlyList<long>? TagsOf { get; init; }

    /// <summary>On which legal basis.</summary>
    public string LegalBasis { get; init; } = "";

    /// <summary>The principals that asked and approved.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];
}
