using System.Globalization;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The mementos of one resource (RFC 7089). There is one for each second in which an event of the resource was recorded. Each memento shows the state at
/// the end of its second. Its time is the time of recording, because the ledger can vouch only for what it said itself.
/// </summary>
internal sealed class MementoLinks(HttpRequest request, string kind, string id, IReadOnlyList<DateTimeOffset> seconds)
{
    internal const string PathForm = "yyyyMMddHHmmss";

    private string Origin => $"{request.Scheme}://{request.Host}";

    internal string Original => $"{Origin}/v1/{kind}/{id}";

    internal string TimeGate => $"{Origin}/timegate/{kind}/{id}";

    internal string TimeMap => $"{Origin}/timemap/{kind}/{id}";

    internal DateTimeOffset First => seconds[0];

    internal DateTimeOffset Last => seconds[^1];

    internal IReadOnlyList<DateTimeOffset> Seconds => seconds;

    /// <summary>Reads the list of mementos. Fails with 404 if nothing was ever recorded.</summary>
    internal static async Task<MementoLinks> ReadAsync(ReadCall call, string kind, string id)
    {
        var stream = kind == "assertions" ? Ids.AssertionStream(id) : Ids.SourceStream(id);
        var events = await call.Store.ReadStreamAsync(stream, cancellationToken: call.Cancelled);
        return events.Count > 0
            ? new(call.Context.Request, kind, id, [.. events.Select(e => SecondOf(e.RecordedAt)).Distinct()])
            : throw new ProblemException(Problem.NotFound($"Nothing is recorded of {id}."));
    }

    /// <summary>Adds links from the original to its timegate and timemap, so that a client that knows only the original can find them.</summary>
    internal static void OnOriginal(ReadCall call, string kind, string id)
    {
        var links = new MementoLinks(call.Context.Request, kind, id, []);
        call.Response.Headers.Link = $"<{links.Original}>; rel=\"original\", {links.Discovery()}";
    }

    internal string Memento(DateTimeOffset second) => $"{Origin}/memento/{second.UtcDateTime.ToString(PathForm, CultureInfo.InvariantCulture)}/{kind}/{id}";

    /// <summary>The newest memento that is not later than a moment. If the moment is before all mementos, the first memento.</summary>
    internal DateTimeOffset Closest(DateTimeOffset? moment) => moment is not { } at ? Last : seconds.LastOrDefault(s => s <= at, First);

    /// <summary>The value of the Link header: the original, the timegate, the timemap, and the first, the last and the chosen memento.</summary>
    internal string Header(DateTimeOffset chosen)
    {
        var mementos = new[] { First, chosen, Last }.Distinct().Order().Select(Link);
        return $"<{Original}>; rel=\"original\", {Discovery()}, {string.Join(", ", mementos)}";
    }

    /// <summary>A link to a memento, saying whether it is the first or the last.</summary>
    internal string Link(DateTimeOffset second)
    {
        var relation = (second == First ? "first " : "") + (second == Last ? "last " : "") + "memento";
        return $"<{Memento(second)}>; rel=\"{relation}\"; datetime=\"{Http(second)}\"";
    }

    /// <summary>A time as HTTP writes it (RFC 9110, IMF-fixdate).</summary>
    internal static string Http(DateTimeOffset time) => time.UtcDateTime.ToString("r", CultureInfo.InvariantCulture);

    internal static DateTimeOffset SecondOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private string Discovery() => $"<{TimeGate}>; rel=\"timegate\", <{TimeMap}>; rel=\"timemap\"; type=\"application/link-format\"";
}
