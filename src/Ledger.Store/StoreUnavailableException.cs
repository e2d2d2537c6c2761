namespace Ledger.Store;

/// <summary>
/// The database, or the queue before it, could not take the request. The caller may retry later. With the same
/// <see cref="CommandKey"/> a retry is always safe.
/// </summary>
public sealed class StoreUnavailableException(string message, bool outcomeKnown, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>
    /// Whether it is known that nothing was appended. False means that the connection was lost around the commit, and the database did not come
    /// back in time to tell whether the commit happened.
    /// </summary>
    public bool OutcomeKnown { get; } = outcomeKnown;
}
