namespace Ledger.Server;

/// <summary>
/// The place of a request among those of its sender that write to the same stream. The one behind it is decided as soon as this one is queued,
/// on the state that it will leave, so that both share a commit. Where an append comes to nothing, those behind it wait until it is settled:
/// none overtakes another.
/// </summary>
/// <param name="previous">The one before it; null where there is none.</param>
internal sealed class RequestOrder(RequestOrder? previous)
{
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RequestOrder? _previous = previous;
    private (StreamTurn Turn, long Falls)? _ahead;

    /// <summary>Ends when its append is queued: never, if it comes to none.</summary>
    internal Task Queued => _queued.Task;

    /// <summary>Ends with the request.</summary>
    internal Task Settled { get; set; } = Task.CompletedTask;

    /// <summary>Ends when the one before it is settled; null where there is none.</summary>
    internal Task? Before => _previous?.Settled;

    /// <summary>
    /// Whether it may be decided on a state of its stream, read from its turn: what the one before it queued must be in it, so that an append on
    /// it fails with the other's.
    /// </summary>
    internal bool MayFollow(StreamTurn turn, long falls) =>
        _previous is not { } previous || previous.Settled.IsCompleted || previous._ahead == (turn, falls);

    /// <summary>Its append is queued, and the stream's turn ahead by it.</summary>
    /// <param name="turn">Null where it writes to several streams: none is decided behind it before it is settled.</param>
    /// <param name="falls">What <see cref="StreamTurn.Ahead"/> gave.</param>
    internal void NoteQueued(StreamTurn? turn, long falls)
    {
        if (!_queued.Task.IsCompleted)
        {
            _ahead = turn is null ? null : (turn, falls);
            _queued.SetResult();
        }
    }

    /// <summary>Lets go of those before it, when it needs them no more: there may be a chain of very many.</summary>
    internal void Release() => _previous = null;
}
