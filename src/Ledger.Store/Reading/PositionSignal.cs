namespace Ledger.Store;

/// <summary>A position that only grows, with a way to wait for its growth.</summary>
internal sealed class PositionSignal(TimeProvider timeProvider)
{
    private readonly Lock gate = new();
    private long position;
    private TaskCompletionSource? grown;

    public long Position => Volatile.Read(ref position);

    public void Advance(long to)
    {
        TaskCompletionSource? wake;
        lock (gate)
        {
            if (to <= position)
            {
                return;
            }

            Volatile.Write(ref position, to);
            wake = grown;
            grown = null;
        }

        wake?.SetResult();
    }

    /// <summary>Waits until the position is beyond another one; false when the timeout is over.</summary>
    public async Task<bool> WaitBeyondAsync(long beyond, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = timeProvider.GetTimestamp();
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (position > beyond)
                {
                    return true;
                }

                grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                next = grown.Task;
            }

            var left = timeout - timeProvider.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
            {
                // Unlike a separate delay task, this leaves no timer behind.
                await next.WaitAsync(left, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!next.IsCompleted)
            {
                return Position > beyond;
            }
        }
    }
}
