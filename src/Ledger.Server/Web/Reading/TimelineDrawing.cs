using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An event on the two lanes: its place by publication above and by recording below, and the link of each place.</summary>
/// <param name="Number">Its version. The history uses the same number.</param>
/// <param name="Published">Its place on the upper lane, from 0.</param>
/// <param name="Recorded">Its place on the lower lane.</param>
/// <param name="KnownAt">The query that shows what was public by then.</param>
/// <param name="AsOf">The query that shows what was recorded by then.</param>
public sealed record TimelineMark(long Number, string What, int Published, int Recorded, string KnownAt, string AsOf, string PublishedText, string RecordedText);

/// <summary>
/// An assertion's events on two lanes: in the order of publication above, and in the order of recording below. A line joins the two places of each event.
/// Crossing lines show what was recorded late.
/// </summary>
public sealed record TimelineDrawing(string Id, IReadOnlyList<TimelineMark> Marks, int Hidden)
{
    /// <summary>With more marks than this, a reader cannot tell them apart on a phone.</summary>
    private const int MarksMax = 12;

    internal static TimelineDrawing Of(string id, Assertion state, IReadOnlyList<HistoryEntry> history)
    {
        // Only events about the assertion itself. Links and evidence have lists of their own.
        List<(HistoryEntry Entry, StatedTime? Published)> events = [.. history.Where(e => IsShown(e.Type)).TakeLast(MarksMax).Select(e => (e, PublishedAt(state, e)))];
        var byPublication = events.OrderBy(e => e.Published?.To ?? e.Entry.RecordedAt).ThenBy(e => e.Entry.Position).Select((e, place) => (e.Entry.Position, place))
            .ToDictionary(e => e.Position, e => e.place);
        return new(id,
            [.. events.Select((e, place) => new TimelineMark(
                e.Entry.Version, Words.Of(e.Entry.Type), byPublication[e.Entry.Position], place,
                QueryString.Create("knownAt", e.Published?.Value ?? WireTime.Format(e.Entry.RecordedAt)).ToString(),
                QueryString.Create("asOf", e.Entry.Position.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToString(),
                e.Published is { } stated ? Words.Date(stated.Value) : "not stated",
                Words.Instant(e.Entry.RecordedAt)))],
            history.Count - events.Count);
    }

    private static bool IsShown(string type) => type is not ("linked" or "evidence_attached" or "access_restricted" or "payload_erased");

    private static StatedTime? PublishedAt(Assertion state, HistoryEntry e) =>
        e.Data.TryGetProperty("publishedAt", out var stated) && stated.ValueKind == System.Text.Json.JsonValueKind.Object
            ? System.Text.Json.JsonSerializer.Deserialize<StatedTime>(stated, DomainJson.Stored)
            : e.Position == state.Claim?.Position ? state.Claim.Event.PublishedAt : null;
}
