using System.Globalization;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The mementos of one resource: one for each second in which something was recorded of it, the state at the end of that second (RFC 7089).
/// Times are those of recording, for what the ledger said is what it can vouch for.
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

    /// <summary>Reads which mementos there are; 404 where nothing was ever recorded.</summary>
    internal static async Task<MementoLinks> ReadAsync(ReadCall call, string kind, string id)
    {
        var stream = kind == "assertions" ? Ids.AssertionStream(id) : Ids.SourceStream(id);
        var events = await call.Store.ReadStreamAsync(stream, cancellationToken: call.Cancelled);
        return events.Count > 0
            ? new(call.Context.Request, kind, id, [.. events.Select(e => SecondOf(e.RecordedAt)).Distinct()])
            : throw new ProblemException(Problem.NotFound($"Nothing is recorded of {id}."));
    }

    /// <summary>Points from the original to its timegate and timemap, so that a client that only knows the original finds them.</summary>
    internal static void OnOriginal(ReadCall call, string kind, string id)
    {
        var links = new MementoLinks(call.Context.Request, kind, id, []);
        call.Response.Headers.Link = $"<{links.Original}>; rel=\"original\", {links.Discovery()}";
    }

    internal string Memento(DateTimeOffset second) => $"{Origin}/memento/{second.UtcDateTime.ToString(PathForm, CultureInfo.InvariantCulture)}/{kind}/{id}";

    /// <summary>The newest memento not after a moment; the first where the moment lies before all.</summary>
    internal DateTimeOffset Closest(DateTimeOffset? moment) => moment is not { } at ? Last : seconds.LastOrDefault(s => s <= at, First);

    /// <summary>The one combined header: original, timegate, timemap, first, last and the chosen memento.</summary>
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
