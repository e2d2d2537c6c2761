namespace Ledger.Server;

/// <summary>
/// The place of a request among the requests of one sender that write to the same stream. The next request is decided as soon as this one is queued, on the
/// state that this one will leave. So both can share a commit. If an append fails, the later requests wait until it is settled, so that no request
/// overtakes another.
/// </summary>
/// <param name="previous">The previous request. Null if there is none.</param>
internal sealed class RequestOrder(RequestOrder? previous)
{
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RequestOrder? _previous = previous;
    private (StreamTurn Turn, long Falls)? _ahead;

    /// <summary>Completes when the append of this request is queued. It never completes if there is no append.</summary>
    internal Task Queued => _queued.Task;

    /// <summary>Completes when the request is settled.</summary>
    internal Task Settled { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the previous request is settled. Null if there is none.</summary>
    internal Task? Before => _previous?.Settled;

    /// <summary>
    /// Whether the request may be decided on a state that was read from the turn of its stream. The state must contain what the previous request queued.
    /// Then the append of this request fails if that of the previous one fails.
    /// </summary>
    internal bool MayFollow(StreamTurn turn, long falls) =>
        _previous is not { } previous || previous.Settled.IsCompleted || previous._ahead == (turn, falls);

    /// <summary>Notes that the append of this request is queued and that the turn of its stream is ahead by it.</summary>
    /// <param name="turn">Null if the request writes to several streams. Then the next request is decided only after this one is settled.</param>
    /// <param name="falls">The result of <see cref="StreamTurn.Ahead"/>.</param>
    internal void NoteQueued(StreamTurn? turn, long falls)
    {
        if (!_queued.Task.IsCompleted)
        {
            _ahead = turn is null ? null : (turn, falls);
            _queued.SetResult();
        }
    }

    /// <summary>
    /// Drops the reference to the previous request when it is no longer needed. Otherwise a very long chain of requests would stay in memory.
    /// </summary>
    internal void Release() => _previous = null;
}
