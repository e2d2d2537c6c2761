using System.Threading.Channels;

namespace Ledger.Store;

/// <summary>
/// Drains one bounded queue. It takes the requests that came during the last commit, and has them decided in one round trip. It never
/// waits for a batch to fill: a single caller pays for one commit, and hundreds of callers share one.
/// </summary>
internal sealed class Appender : IAsyncDisposable
{
    /// <summary>About half a second of work at the measured rate. Beyond that a refusal helps the caller more than waiting.</summary>
    private const int QueueLengthMax = 8192;
    private const long QueueSizeMaxBytes = 64 * 1024 * 1024;

    /// <summary>Measured: larger batches bring no further gain.</summary>
    private const int BatchLengthMax = 512;
    private const int BatchSizeMaxBytes = 1024 * 1024;

    private readonly Channel<PendingAppend> queue =
        Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(QueueLengthMax) { SingleReader = true });

    private readonly BatchDecision decision;
    private readonly Task loop;
    private long queuedBytes;

    public Appender(BatchDecision decision)
    {
        this.decision = decision;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Queues the request before it returns, so that requests are decided in the order of the calls.</summary>
    public Task<AppendResult> Enqueue(AppendRequest request, CancellationToken cancellationToken)
    {
        var pending = new PendingAppend(request, cancellationToken);

        // Both counters grow before the loop can see the request, because the loop decreases them again.
        var bytes = Interlocked.Add(ref queuedBytes, pending.SizeBytes);
        StoreTelemetry.QueueDepth.Add(1);
        if (bytes <= QueueSizeMaxBytes && queue.Writer.TryWrite(pending))
        {
            return cancellationToken.CanBeCanceled ? pending.Task.WaitAsync(cancellationToken) : pending.Task;
        }

        Interlocked.Add(ref queuedBytes, -pending.SizeBytes);
        StoreTelemetry.QueueDepth.Add(-1);
        return Task.FromException<AppendResult>(
            new StoreUnavailableException("Too many appends are waiting, or the store is closed.", outcomeKnown: true));
    }

    /// <summary>Takes no more requests, and returns when the queued ones are settled.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingAppend>(BatchLengthMax);
        while (await queue.Reader.WaitToReadAsync())
        {
            Take(batch, BatchSizeMaxBytes);
            try
            {
                if (!await decision.DecideAsync(batch))
                {
                    // The requests that are still queued would only wait for the same answer.
                    Take(batch, QueueSizeMaxBytes);
                    batch.ForEach(p => p.FailUnavailable("The database cannot be reached.", cause: null));
                }
            }
            catch (Exception e)
            {
                // This is a defect. The requests without an answer fail with it, and the loop goes on for the others.
                batch.ForEach(p => p.Fail(e));
            }
        }
    }

    private void Take(List<PendingAppend> batch, long sizeMaxBytes)
    {
        batch.Clear();
        var sizeBytes = 0L;
        while (batch.Count < BatchLengthMax && queue.Reader.TryPeek(out var next))
        {
            if (batch.Count > 0 && sizeBytes + next.SizeBytes > sizeMaxBytes)
            {
                return;
            }

            // The loop is the only reader, so the peeked request is still there.
            _ = queue.Reader.TryRead(out _);
            Interlocked.Add(ref queuedBytes, -next.SizeBytes);
            StoreTelemetry.QueueDepth.Add(-1);
            if (next.Abandoned)
            {
                next.Abandon();
                continue;
            }

            sizeBytes += next.SizeBytes;
            batch.Add(next);
        }
    }
}
