namespace Ledger.Domain;

/// <summary>The changes that the propagation policy follows: those that matter to assertions which took something over.</summary>
public static class MaterialChange
{
    /// <summary>The stored event types that can be material changes.</summary>
    public static IReadOnlySet<string> Types { get; } = EventTypes.NamesOf(
        typeof(CorrectionIssued), typeof(RetractionIssued), typeof(ConcernExpressed), typeof(DenialRecorded), typeof(Linked), typeof(Withdrawn));

    private static readonly IReadOnlyList<string> Proposition = ["proposition"];

    /// <summary>
    /// The fields that a change touches; empty where it is not material. A withdrawal touches the fields of the withdrawn event.
    /// A denial, retraction, concern or supersession touches the proposition, and so does a substantive notice that names no field.
    /// </summary>
    /// <param name="e">The event.</param>
    /// <param name="withdrawn">For a withdrawal: the event that it takes back.</param>
    public static IReadOnlyList<string> FieldsOf(LedgerEvent e, LedgerEvent? withdrawn = null) => e switch
    {
        CorrectionIssued { Materiality: Materiality.Substantive } c =>
            c.Changes.Count == 0 ? Proposition : [.. c.Changes.Select(x => x.Field).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        RetractionIssued or ConcernExpressed or DenialRecorded or Linked { SupersededBy: not null } => Proposition,
        Withdrawn when withdrawn is not (null or Withdrawn or CorrectionIssued) => FieldsOf(withdrawn),
        _ => [],
    };

    /// <summary>
    /// The event ids of the earlier causes that an event closes on its own assertion: the event that it withdraws, or the denials that it replaces.
    /// </summary>
    /// <param name="before">The state of the assertion before the event.</param>
    /// <param name="e">The event.</param>
    public static IReadOnlyList<Guid> Closes(Assertion before, Recorded e) => e.Event switch
    {
        Withdrawn withdrawn => [withdrawn.Event],
        DenialRecorded denial => [.. from d in before.Entries.Standing<DenialRecorded>()
                                     where d.Event.Party == denial.Party && d.Event.Contests == denial.Contests
                                     select d.Record.Id],
        _ => [],
    };
}
