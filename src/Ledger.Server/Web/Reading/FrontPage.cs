using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A label and the number of assertions that have it.</summary>
public sealed record LabelCount(string Label, long Count);

/// <summary>What changed on a day, the newest first.</summary>
public sealed record ChangedDay(string Day, IReadOnlyList<ListedCard> Cards);

/// <summary>The front page: the changes by day, what waits for an answer, and how many assertions have each label.</summary>
public sealed record FrontPage(
    PageHead Head, IReadOnlyList<LabelCount> Counts, IReadOnlyList<ChangedDay> Days, IReadOnlyList<ListedCard> Newest, IReadOnlyList<UnansweredItem> Waiting,
    IReadOnlyList<SourceView> Sources, PartyNames Names, long Position)
{
    private const int ChangedMax = 20;
    private const int NewestMax = 6;
    private const int WaitingMax = 5;
    private const int SourcesMax = 6;
    private const string Reported = "reported";

    /// <summary>Whether nothing is recorded yet. In that case the page says what to do first.</summary>
    public bool IsEmpty => Counts.All(c => c.Count == 0);

    internal static async Task<FrontPage> ReadAsync(ReadCall call)
    {
        call.Query.Done();
        var point = await call.PointAsync();
        var changed = new List<ListedCard>();
        var position = 0L;
        foreach (var label in StandingLabel.Precedence.Where(l => l != Reported))
        {
            var page = await ListAssertionsRoute.PageAsync(call, new() { Label = label }, descending: true, ChangedMax, null, point, 0);
            changed.AddRange(page.Items.Select(ListedCard.Of));
            position = page.Position;
        }

        List<ListedCard> cards = [.. changed.OrderByDescending(c => c.Position).Take(ChangedMax)];
        var newest = await ListAssertionsRoute.PageAsync(call, AssertionFilter.All, descending: true, NewestMax, null, point, 0);
        var waitingAt = await call.Service<ProjectionPositions>().ForAsync(UnansweredProjection.ProgressName, null, 0, call.Cancelled);
        var (waiting, _) = await UnansweredRoute.ItemsAsync(call, null, null, point with { Position = waitingAt }, 0, WaitingMax);
        var counts = await call.Service<LabelCounts>().AtAsync(position, await call.RestrictedAsync(), call.Cancelled);
        var sources = await SourcesAsync(call, point);
        List<ListedCard> latest = [.. newest.Items.Select(ListedCard.Of).Where(c => cards.All(k => k.Id != c.Id))];
        return new(
            PageHead.Of(call, "Claims Ledger", "Who says what, on which ground, since when, and what became of it."),
            [.. counts.Select(c => new LabelCount(c.Label, c.Count))],
            [.. cards.GroupBy(c => Words.DayOf(c.ChangedAt)).Select(d => new ChangedDay(d.Key, [.. d]))],
            latest, waiting, sources,
            await PartyNames.OfAsync(call, [.. cards.Concat(latest).Select(c => c.Publisher), .. waiting.Select(w => w.Publisher), .. sources.Select(s => s.Publisher)], point),
            position);
    }

    private static async Task<IReadOnlyList<SourceView>> SourcesAsync(ReadCall call, ReadPoint point)
    {
        var position = await call.Service<ProjectionPositions>().ForAsync(CatalogProjection.ProgressName, null, 0, call.Cancelled);
        var restricted = await call.RestrictedAsync();
        var ids = await CatalogProjection.ListAsync(call.Store.DataSource, "source", null, position, 0, SourcesMax, call.Cancelled);
        return await SourceView.AllAtAsync(call, [.. ids.Select(i => i.Id).Where(id => !restricted.Sources.Contains(id))], point);
    }
}
