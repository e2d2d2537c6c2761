using System.Collections.Concurrent;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The keys of commands that this node is running. A second request with the same key waits for the first.</summary>
internal sealed class KeysInFlight(TimeProvider clock)
{
    /// <summary>Longer than any append should take. After that the client is told to try again.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Principal, string Key), TaskCompletionSource> _inFlight = new();

    /// <summary>Takes the key, and waits if another request holds it. Disposing the result gives the key back.</summary>
    internal async Task<IDisposable> TakeAsync(CommandKey key, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = clock.GetTimestamp();
        while (true)
        {
            var holder = _inFlight.GetOrAdd((key.Principal, key.Key), mine);
            if (holder == mine)
            {
                return new Held(this, key, mine);
            }

            var left = WaitMax - clock.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero
                || await Task.WhenAny(holder.Task, Task.Delay(left, clock, cancellationToken)) != holder.Task)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new ProblemException(new(409, "in-flight", "The same request is still being carried out", "Send it again with the same key to learn its outcome.") { RetryAfterS = 1 });
            }
        }
    }

    private sealed class Held(KeysInFlight owner, CommandKey key, TaskCompletionSource mine) : IDisposable
    {
        public void Dispose()
        {
            owner._inFlight.TryRemove(new((key.Principal, key.Key), mine));
            mine.TrySetResult();
        }
    }
}
