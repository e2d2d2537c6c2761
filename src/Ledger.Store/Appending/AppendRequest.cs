namespace Ledger.Store;

/// <summary>
/// What one command writes. All of it is appended at contiguous positions, or none of it.
/// </summary>
/// <param name="Writes">
/// The streams that are written, each at most once. The list may be empty when <see cref="Key"/> is given: a command that
/// appended nothing is remembered too, so that its repeat gets the same answer.
/// </param>
public sealed record AppendRequest(IReadOnlyList<StreamWrite> Writes)
{
    /// <summary>Makes the append repeatable: the same key and fingerprint get the first result again.</summary>
    public CommandKey? Key { get; init; }

    /// <summary>An opaque text that is stored with the key and returned on a repeat; null for none.</summary>
    public string? Answer { get; init; }

    /// <summary>Refuses the append when an event of some types was appended after a position.</summary>
    public AppendCondition? Condition { get; init; }

    /// <summary>The id that the events of one conversation share (Marten's <c>correlation_id</c>).</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The id of the event that caused these (Marten's <c>causation_id</c>).</summary>
    public Guid? CausationId { get; init; }
}
