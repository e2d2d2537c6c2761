namespace Ledger.Store;

/// <summary>The condition "no event of these types after this position", on which a check over several streams relied.</summary>
/// <param name="AfterPosition">The log position at which the check was made.</param>
/// <param name="Types">The event types that would make the result of the check invalid.</param>
public sealed record AppendCondition(long AfterPosition, IReadOnlyList<string> Types);
