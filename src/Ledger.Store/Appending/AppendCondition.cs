namespace Ledger.Store;

/// <summary>"No event of these types after this position": what a check over several streams relied on.</summary>
/// <param name="AfterPosition">The position that the check was made at.</param>
/// <param name="Types">The event types that would make the check void.</param>
public sealed record AppendCondition(long AfterPosition, IReadOnlyList<string> Types);
