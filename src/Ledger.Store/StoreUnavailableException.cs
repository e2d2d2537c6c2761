namespace Ledger.Store;

/// <summary>
/// The database or the queue before it could not take the request. Try again later; with the same
/// <see cref="CommandKey"/> that is always safe.
/// </summary>
public sealed class StoreUnavailableException(string message, bool outcomeKnown, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>
    /// True: nothing was appended. False: the connection was lost around the commit and the database did not come
    /// back in time to say whether it happened.
    /// </summary>
    public bool OutcomeKnown { get; } = outcomeKnown;
}
