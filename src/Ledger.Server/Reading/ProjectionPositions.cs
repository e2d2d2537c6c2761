using Ledger.Store;

namespace Ledger.Server;

/// <summary>Chooses the position that a list is read at: the projection's own position, or the requested one once the projection has reached it.</summary>
internal sealed class ProjectionPositions(EventStore store, Projections projections, LedgerSettings settings)
{
    /// <summary>Waits, for a bounded time, until the projection has reached the position that the read needs. Fails with 503 if it does not.</summary>
    /// <param name="progressName">The projection's row in <c>mt_event_progression</c>.</param>
    /// <param name="asOf">The requested position. Null means the position that the projection has reached.</param>
    /// <param name="minPosition">The lowest position that the reader must see, such as that of its own last write.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    internal async Task<long> ForAsync(string progressName, long? asOf, long minPosition, CancellationToken cancellationToken)
    {
        var needed = Math.Max(asOf ?? 0, minPosition);
        if (needed > 0 && await store.HeadAsync(cancellationToken) is var head && needed > head)
        {
            // A requested moment was checked against the head before. So a position after the head comes from minPosition or from a cursor that this server
            // did not make.
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
