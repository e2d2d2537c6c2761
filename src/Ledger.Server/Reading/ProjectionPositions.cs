using Ledger.Store;

namespace Ledger.Server;

/// <summary>At which position a list is read: the projection's own, or the one asked for, once the projection has it.</summary>
internal sealed class ProjectionPositions(EventStore store, Projections projections, LedgerSettings settings)
{
    /// <summary>Waits, bounded, until the projection has reached what the read needs; then 503.</summary>
    /// <param name="progressName">The projection's row in <c>mt_event_progression</c>.</param>
    /// <param name="asOf">The position asked for; null: whatever the projection has.</param>
    /// <param name="minPosition">The least that the reader must see, such as its own last write.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task<long> ForAsync(string progressName, long? asOf, long minPosition, CancellationToken cancellationToken)
    {
        var needed = Math.Max(asOf ?? 0, minPosition);
        if (needed > 0 && await store.HeadAsync(cancellationToken) is var head && needed > head)
        {
            // A moment asked for was checked against the head before; what lies beyond it is a cursor that somebody made up.
            throw minPosition > head
                ? Query.Invalid("minPosition", "is a position that the log has not reached.")
                : Query.Invalid("cursor", "is none that this list gave; take it from next.");
        }

        var reached = await projections.Daemon.PositionOfAsync(progressName, cancellationToken);
        if (reached >= needed)
        {
            return asOf ?? reached;
        }

        if (await projections.Daemon.WaitForAsync(progressName, needed, TimeSpan.FromMilliseconds(settings.ProjectionWaitMs), cancellationToken))
        {
            return asOf ?? needed;
        }

        throw new ProblemException(new(503, "behind", "The lists have not caught up yet",
            $"They stood at position {reached}, {needed} was asked for; try again, or ask asOf an earlier position.")
        { RetryAfterS = 1 });
    }
}
