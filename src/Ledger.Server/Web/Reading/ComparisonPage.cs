namespace Ledger.Server;

/// <summary>Two sources side by side: what the second one restates, what it says differently, what it leaves out, and what it adds.</summary>
public sealed record ComparisonPage(PageHead Head, PageMoment Moment, SourceView Left, SourceView Right, Comparison Comparison, long Position)
{
    private const int TitleCharactersMax = 60;

    internal static async Task<ComparisonPage> ReadAsync(ReadCall call)
    {
        var (left, right) = (call.Route("id"), call.Query.Text("with") ?? throw Query.Invalid("with", "is missing; name the other source."));
        var moment = PageMoment.Of(call);
        var point = await call.PointAsync();
        call.Query.Done();
        var comparison = await ComparisonRoute.OfAsync(call, left, right, point);
        var (ofLeft, ofRight) = (await SourceViews.ReadAsync(call, left, point), await SourceViews.ReadAsync(call, right, point));
        return new(
            PageHead.Of(call, $"{Plain.Line(ofLeft.Title, TitleCharactersMax)} and {Plain.Line(ofRight.Title, TitleCharactersMax)}", "Two sources side by side, by the links that somebody recorded.") with
            {
                Data = $"/v1/sources/{left}/comparison{call.Context.Request.QueryString}",
            },
            moment, ofLeft, ofRight, comparison, point.Position);
    }
}
