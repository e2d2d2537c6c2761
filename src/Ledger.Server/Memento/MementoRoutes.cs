using System.Globalization;
using System.Text;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Memento (RFC 7089) for assertions and sources: negotiation by Accept-Datetime, the list of mementos, and the mementos themselves.</summary>
internal static class MementoRoutes
{
    private const int PollMs = 50;

    /// <summary>The current second ends within one second. The rest of the wait allows for a database whose clock is behind.</summary>
    private const int OpenSecondWaitMs = 3_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in new[] { "assertions", "sources" })
        {
            routes.MapRead($"/timegate/{kind}/{{id}}", "Find the memento closest to Accept-Datetime", call => NegotiateAsync(call, kind)).Produces(302);
            routes.MapRead($"/timemap/{kind}/{{id}}", "List the mementos", call => ListAsync(call, kind)).Produces(200, contentType: "application/link-format");
            routes.MapRead($"/memento/{{second}}/{kind}/{{id}}", "Read what the ledger said at the end of a second (yyyyMMddHHmmss, UTC)", call => ReadAsync(call, kind));
        }
    }

    private static async Task NegotiateAsync(ReadCall call, string kind)
    {
        // Every answer depends on this header, an error too. Caches must know that.
        call.Response.Headers.Vary = "accept-datetime";
        var links = await LinksAsync(call, kind);
        var chosen = links.Closest(AcceptDatetime(call.Context.Request));
        call.Response.Headers.Link = links.Header(chosen);
        call.Response.Headers.Location = links.Memento(chosen);
        call.Response.StatusCode = 302;
    }

    private static async Task ListAsync(ReadCall call, string kind)
    {
        var links = await LinksAsync(call, kind);
        var body = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<{links.Original}>; rel=\"original\",\n")
            .Append(CultureInfo.InvariantCulture, $"<{links.TimeGate}>; rel=\"timegate\",\n")
            .Append(CultureInfo.InvariantCulture, $"<{links.TimeMap}>; rel=\"self\"; type=\"application/link-format\"; from=\"{MementoLinks.Http(links.First)}\"; until=\"{MementoLinks.Http(links.Last)}\",\n")
            .AppendJoin(",\n", links.Seconds.Select(links.Link));
        await call.Response.WriteWholeAsync(Encoding.UTF8.GetBytes(body.Append('\n').ToString()), "application/link-format", call.Cancelled);
    }

    private static async Task ReadAsync(ReadCall call, string kind)
    {
        if (!DateTimeOffset.TryParseExact(call.Route("second"), MementoLinks.PathForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var second))
        {
            throw new ProblemException(Problem.NotFound("A memento's path holds its second in UTC, such as 20180804120000."));
        }

        var links = await LinksAsync(call, kind);
        if (second < links.First)
        {
            throw new ProblemException(Problem.NotFound($"Nothing was recorded yet by then; the first memento is of {MementoLinks.Http(links.First)}."));
        }

        var point = new ReadPoint(await EndOfAsync(call, second), true, null);
        // Read the list again: more events may have been recorded in this second while the request waited for its end.
        links = await MementoLinks.ReadAsync(call, kind, call.Route("id"));
        call.Response.Headers["Memento-Datetime"] = MementoLinks.Http(second);
        call.Response.Headers.Link = links.Header(second);
        if (kind == "assertions")
        {
            var (state, uncertain) = await ReadAssertionRoute.AtAsync(call, call.Route("id"), point);
            await ReadAssertionRoute.WriteAsync(call, state, point, uncertain, point.Position);
        }
        else
        {
            var view = await SourceView.AtAsync(call, call.Route("id"), point) ?? throw new ProblemException(Problem.NotFound("The source was not registered yet."));
            await call.WriteViewAsync(view, view.Version, point.Position, isOfStreamAlone: false);
        }
    }

    private static async Task<MementoLinks> LinksAsync(ReadCall call, string kind)
    {
        var id = call.Route("id");
        call.Query.Done();
        await (kind == "assertions" ? call.RequireReadableAsync(id) : call.RequireReadableSourceAsync(id));
        return await MementoLinks.ReadAsync(call, kind, id);
    }

    /// <summary>The requested moment. Null if the header is absent or empty, which requests the newest memento.</summary>
    private static DateTimeOffset? AcceptDatetime(HttpRequest request)
    {
        var text = request.Headers["Accept-Datetime"].ToString().Trim();
        return text.Length == 0 ? null
            : DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
            : throw new ProblemException(Problem.BadRequest("invalid-accept-datetime",
                "Accept-Datetime is a time such as Fri, 03 Aug 2018 14:05:00 GMT.", "Accept-Datetime"));
    }

    /// <summary>The last position of a second. Waits until the second is over by the database's clock.</summary>
    private static async Task<long> EndOfAsync(ReadCall call, DateTimeOffset second)
    {
        var clock = call.Service<TimeProvider>();
        var last = second.AddSeconds(1).AddMicroseconds(-1);
        if (second > clock.GetUtcNow())
        {
            throw new ProblemException(Problem.NotFound("That second lies in the future; nobody knows yet what the ledger will say."));
        }

        var started = clock.GetTimestamp();
        while (true)
        {
            if (await call.Store.ResolveAsync(last, call.Cancelled) is { } position)
            {
                return position;
            }

            if (clock.GetElapsedTime(started) > TimeSpan.FromMilliseconds(OpenSecondWaitMs))
            {
                throw new ProblemException(new(503, "behind", "That second is not over yet", "The database's clock is behind; try again.") { RetryAfterS = 1 });
            }

            await Task.Delay(TimeSpan.FromMilliseconds(PollMs), clock, call.Cancelled);
        }
    }
}
