using System.Diagnostics.CodeAnalysis;

namespace Ledger.Store;

/// <summary>A request that waits for its batch, with everything that can be prepared on the caller's thread.</summary>
internal sealed class PendingAppend
{
    // An allowance for the columns beside data and headers, so that the batch's bound in bytes also holds for small events.
    private const int EventOverheadBytes = 200;

    // A continuation must not run on the appender's loop: it would delay every other caller.
    private readonly TaskCompletionSource<AppendResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken cancellation;

    public PendingAppend(AppendRequest request, CancellationToken cancellationToken)
    {
        Request = request;
        cancellation = cancellationToken;
        var count = 0;
        foreach (var write in request.Writes)
        {
            count += write.Events.Count;
        }

        Headers = new byte[count][];
        SizeBytes = EventOverheadBytes + SizeOf(request.Answer) + SizeOf(request.Key?.Principal) + SizeOf(request.Key?.Key);
        var i = 0;
        foreach (var write in request.Writes)
        {
            SizeBytes += SizeOf(write.Stream) + SizeOf(write.StreamType);
            foreach (var e in write.Events)
            {
                Headers[i] = StoredHeaders.Write(e.Headers);
                SizeBytes += EventOverheadBytes + SizeOf(e.Type) + e.Data.Length + Headers[i].Length;
                i++;
            }
        }
    }

    public AppendRequest Request { get; }

    /// <summary>The headers of all the request's events, in order, with their salts.</summary>
    public byte[][] Headers { get; }

    /// <summary>The approximate size of the request on the wire, in bytes.</summary>
    public int SizeBytes { get; }

    /// <summary>Whether it was sent and the connection was lost before the reply.</summary>
    public bool Unsure { get; set; }

    public Task<AppendResult> Task => completion.Task;

    /// <summary>Whether the caller stopped waiting. Then the request may be left out, as long as it was not sent.</summary>
    public bool Abandoned => cancellation.IsCancellationRequested;

    public void Abandon() => completion.TrySetCanceled(cancellation);

    public void Settle(AppendResult result) => completion.TrySetResult(Unsure ? AsOwn(result) : result);

    public void Fail(Exception exception) => completion.TrySetException(exception);

    public void FailUnavailable(string why, Exception? cause) => Fail(new StoreUnavailableException(why, outcomeKnown: !Unsure, cause));

    public bool TryFirstEvent([NotNullWhen(true)] out NewEvent? first)
    {
        foreach (var write in Request.Writes)
        {
            if (write.Events.Count > 0)
            {
                first = write.Events[0];
                return true;
            }
        }

        first = null;
        return false;
    }

    private static int SizeOf(string? text) => text is null ? 0 : NewEvent.Strict.GetByteCount(text);

    /// <summary>Marks the result as not replayed when the remembered request is this one: its own first attempt was committed.</summary>
    private AppendResult AsOwn(AppendResult result) =>
        result is AppendResult.Appended { Replayed: true } appended
        && (appended.Events.Count == 0 || (TryFirstEvent(out var first) && first.Id == appended.Events[0].Id))
            ? appended with { Replayed = false }
            : result;
}
