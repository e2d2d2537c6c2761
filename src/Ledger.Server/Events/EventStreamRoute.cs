using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// The feed as Server-Sent Events (WHATWG HTML, section 9.2). Written by hand, because the framework's result sends neither comments nor frames that
/// hold only an id. Such frames move a reader's cursor past events that its filter hides.
/// </summary>
internal static class EventStreamRoute
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary>The most events between two flushes. It bounds the memory that one slow reader takes.</summary>
    private const int BatchEvents = 256;

    /// <summary>Less than the half minute after which proxies give up on a silent connection.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/events/stream", "Follow the feed by Server-Sent Events; resumes from Last-Event-ID or after", StreamAsync);

    private static async Task StreamAsync(ReadCall call)
    {
        var after = After(call);
        var filter = FeedRoute.Filter(call.Query);
        call.Query.Done();
        await call.RequireReachedAsync(after, call.Context.Request.Headers.ContainsKey(LastEventId) ? LastEventId : "after");
        call.Response.ContentType = "text/event-stream";
        call.Response.Headers.CacheControl = "no-store";
        // Nginx buffers a response unless this header tells it otherwise.
        call.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(call.Context.Request.Method))
        {
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, call.Service<IHostApplicationLifetime>().ApplicationStopping);
        using var reader = new EventReader(
            call.Service<EventTail>(), call.Store, call.Service<Restrictions>(), call.Service<LedgerIdentity>())
        {
            Filter = filter,
            Audits = call.Audits,
            Position = after,
        };
        try
        {
            await WriteAsync(call.Context, reader, call.Service<SignedHeads>(), call.Service<SubscriberSettings>().StreamPatience, ending.Token);
        }
        catch (Exception e) when (ending.IsCancellationRequested || e is OperationCanceledException or TimeoutException or StoreUnavailableException or NpgsqlException)
        {
            // The reader has gone or has read nothing for too long, the server is stopping, or the database is unavailable. The reader reconnects
            // with its last id.
            call.Context.Abort();
        }
    }

    private static async Task WriteAsync(HttpContext context, EventReader reader, SignedHeads heads, TimeSpan patience, CancellationToken cancellationToken)
    {
        string? told = null;
        var writer = context.Response.BodyWriter;
        var written = reader.Position;
        writer.Write("retry: 1000\n\n"u8);
        await FlushAsync(writer, patience, cancellationToken);
        while (true)
        {
            var events = await reader.NextAsync(BatchEvents, HeartbeatInterval, cancellationToken);
            if (await heads.BesideAsync(cancellationToken) is { } head && head != told)
            {
                writer.Write(Encoding.ASCII.GetBytes($": {SignedHeads.Header} {head}\n"));
                told = head;
            }

            var end = reader.Reached?.Position ?? long.MaxValue;
            foreach (var e in events.Where(e => e.Position < end))
            {
                writer.Write(e.Frame.Span);
                written = e.Position;
            }

            await foreach (var late in reader.LateAsync(cancellationToken))
            {
                writer.Write(late.Frame.Span);
                await FlushAsync(writer, patience, cancellationToken);
            }

            if (events is [.., { } last] && last.Position == end)
            {
                writer.Write(last.Frame.Span);
                written = end;
            }

            if (reader.Position > written)
            {
                written = reader.Position;
                writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {written}\n\n")));
            }
            else if (events.Count == 0)
            {
                writer.Write(":\n\n"u8);
            }

            await FlushAsync(writer, patience, cancellationToken);
        }
    }

    /// <summary>Cuts off a reader that reads nothing for this long. It resumes where it was.</summary>
    private static async Task FlushAsync(PipeWriter writer, TimeSpan patience, CancellationToken cancellationToken)
    {
        var flush = writer.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully ? flush.Result.IsCompleted : (await flush.AsTask().WaitAsync(patience, cancellationToken)).IsCompleted)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>
    /// The position to start after. A browser that reconnects sends Last-Event-ID, which is newer than the position in its address, so the header
    /// wins.
    /// </summary>
    private static long After(ReadCall call)
    {
        var after = call.Query.Number("after", 0, 0, long.MaxValue);
        var header = call.Context.Request.Headers[LastEventId].ToString();
        return header.Length == 0 ? after
            : long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
            : throw new ProblemException(Problem.BadRequest("invalid-last-event-id", "Last-Event-ID is the id of an event of this stream: its position.", LastEventId));
    }
}
