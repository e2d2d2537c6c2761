namespace Ledger.Store;

/// <summary>Checks what must hold for a request before it may share a batch with others.</summary>
internal static class AppendRequestCheck
{
    /// <summary>The greatest number of events in one request. All of them go into one commit.</summary>
    private const int EventsMax = 10_000;

    public static void Demand(AppendRequest request)
    {
        if (request.Writes.Count == 0 && request.Key is null)
        {
            throw new ArgumentException("A request writes something, or has a key to remember.", nameof(request));
        }

        var events = 0;
        for (var i = 0; i < request.Writes.Count; i++)
        {
            var write = request.Writes[i];
            if (write.Events.Count == 0 && write is { ExpectedVersion: null, Follows: null })
            {
                throw new ArgumentException("A write has events, or checks a version.", nameof(request));
            }

            events += write.Events.Count;
            for (var j = 0; j < i; j++)
            {
                if (request.Writes[j].Stream == write.Stream)
                {
                    throw new ArgumentException($"Stream {write.Stream} is written twice in one request.", nameof(request));
                }
            }
        }

        if (events > EventsMax)
        {
            throw new ArgumentException($"A request has at most {EventsMax} events.", nameof(request));
        }
    }
}
