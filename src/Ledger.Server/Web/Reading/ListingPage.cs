using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A search, or the assertions of a label, as a page.</summary>
public sealed record ListingPage(PageHead Head, string? Words, string? Label, IReadOnlyList<ListedCard> Cards, string? Next, PartyNames Names, long Position)
{
    private const int CardsMax = 30;

    /// <summary>The labels to choose from.</summary>
    public static IReadOnlyList<string> Labels => StandingLabel.Precedence;

    internal static async Task<ListingPage> ReadAsync(ReadCall call)
    {
        var filter = AssertionFilter.Of(call.Query);
        var cursor = call.Query.Text("cursor") is { } text ? ListCursor.Parse(text) : null;
        var point = await call.PointAsync();
        call.Query.Done();
        var page = await ListAssertionsRoute.PageAsync(call, filter, descending: true, CardsMax, cursor, point, 0);
        List<ListedCard> cards = [.. page.Items.Select(ListedCard.Of)];
        return new(
            PageHead.Of(call, "Assertions", "Assertions of the ledger, the last changed first.") with { Data = "/v1/assertions" + call.Context.Request.QueryString },
            call.Query.Text("q"), filter.Label, cards, page.Next is { } next ? call.Query.With(("cursor", next)) : null,
            await PartyNames.OfAsync(call, cards.Select(c => c.Publisher), point), page.Position);
    }
}
