using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Ledger.Client;

/// <content>The change events, in order.</content>
public sealed partial class LedgerClient
{
    private static readonly TimeSpan ReconnectMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectMax = TimeSpan.FromSeconds(30);

    private const int EventsPage = 1_000;

    /// <summary>The server sends a comment every 15 seconds, so a connection that is silent for this time is dead.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(45);

    /// <summary>
    /// Every event after a position up to the head, in order. Pages are fetched on demand. Events that a restriction withheld come at the position where
    /// it ended.
    /// </summary>
    /// <param name="after">The <see cref="ChangeEvent.Cursor"/> of the last event that was handled; 0 for the beginning.</param>
    /// <param name="filter">The conditions: names and values of the API's query, such as <c>("types", "denial_recorded")</c>.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    [Operation("GET", "/v1/events")]
    public async IAsyncEnumerable<ChangeEvent> ListEventsAsync(
        long after = 0, IEnumerable<(string Name, string Value)>? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = Filtered("v1/events", filter);
        EventPage page;
        do
        {
            page = await GetAsync<EventPage>(QueryOf.Add(path, ("after", Text(after)), ("limit", Text(EventsPage))), cancellationToken).ConfigureAwait(false);
            foreach (var late in page.Late ?? [])
            {
                yield return late with { Cursor = after };
            }

            foreach (var e in page.Events)
            {
                yield return e with { Cursor = e.Position };
            }

            after = page.Next;
        }
        while (after < page.Head);
    }

    /// <summary>
    /// Every event after a position, in order and at least once, and then new events as they come. The enumeration does not end by itself. A broken
    /// connection is opened again and continues at the cursor. Events that a restriction withheld come when it ends, with <see cref="ChangeEvent.Withheld"/>.
    /// </summary>
    /// <param name="after">The <see cref="ChangeEvent.Cursor"/> of the last event that was handled; 0 for the beginning.</param>
    /// <param name="filter">The conditions: names and values of the API's query, such as <c>("types", "denial_recorded")</c>.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="LedgerProblemException">
    /// The ledger refuses: the key has no right, the filter is wrong, or <c>cursor-beyond-head</c>, which means that the cursor is of another ledger.
    /// </exception>
    [Operation("GET", "/v1/events/stream")]
    public async IAsyncEnumerable<ChangeEvent> FollowAsync(
        long after = 0, IEnumerable<(string Name, string Value)>? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = Filtered("v1/events/stream", filter);
        var delay = ReconnectMin;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = await TryConnectAsync(QueryOf.Add(path, ("after", Text(after))), cancellationToken).ConfigureAwait(false);
            if (stream is not null)
            {
                await using var silence = new SilenceGuard(stream, SilenceMax);
                var parser = SseParser.Create(silence, (_, data) => ChangeEvent.Parse(data));
                var frames = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using var _ = frames.ConfigureAwait(false);
                while (await TryMoveAsync(frames).ConfigureAwait(false))
                {
                    delay = ReconnectMin;
                    var e = frames.Current.Data;
                    after = e.Withheld is null ? e.Position : after;
                    yield return e with { Cursor = after };
                }

                // A frame with only an id moves the cursor past events that the filter hides.
                after = long.TryParse(parser.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var passed) ? Math.Max(after, passed) : after;
            }

            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            delay = delay * 2 < ReconnectMax ? delay * 2 : ReconnectMax;
        }
    }

    private static string Filtered(string path, IEnumerable<(string Name, string Value)>? filter)
    {
        foreach (var (name, value) in filter ?? [])
        {
            path = QueryOf.Add(path, (name, value));
        }

        return path;
    }

    /// <summary>Opens the event stream; null where the server cannot be reached at present.</summary>
    private async Task<Stream?> TryConnectAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (LedgerProblemException e) when (e.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>Moves to the next event; false where the connection ended.</summary>
    private static async Task<bool> TryMoveAsync(IAsyncEnumerator<SseItem<ChangeEvent>> frames)
    {
        try
        {
            return await frames.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException)
        {
            return false;
        }
    }

    private sealed record EventPage(IReadOnlyList<ChangeEvent> Events, long Next, long Head, IReadOnlyList<ChangeEvent>? Late = null);
}
