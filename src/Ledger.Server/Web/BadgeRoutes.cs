using System.Globalization;
using System.Net;
using System.Text;
using Ledger.Domain;
using Ledger.Server.Web.Pages;

namespace Ledger.Server;

/// <summary>An assertion that another site shows in a frame.</summary>
public sealed record EmbedPage(string Site, string Id, string Proposition, string Label, string Summary, string Date);

/// <summary>
/// Badges and frames for other sites. They show the label in words, always together with its counts and a date. They may be cached but must be revalidated
/// each time, so that a change or a restriction is visible at once.
/// </summary>
internal static class BadgeRoutes
{
    private const int SummaryCharactersMax = 60;
    private const int PropositionCharactersMax = 280;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/badge/assertions/{id}.svg", "The badge of an assertion", AssertionAsync);
        routes.MapPage("/badge/sources/{id}.svg", "The badge of a source", SourceAsync);
        routes.MapPage("/embed/assertions/{id}", "An assertion to be shown in a frame", EmbedAsync);
    }

    private static async Task AssertionAsync(ReadCall call)
    {
        var (state, point) = await StateAsync(call);
        var (label, summary) = StandingLabel.Of(state);
        await WriteAsync(call, label, $"{Plain.Line(summary, SummaryCharactersMax)}, {Words.DayOf(state.RecordedAt)}", point.Position);
    }

    private static async Task SourceAsync(ReadCall call)
    {
        var point = await call.PointAsync();
        call.Query.Done();
        var view = await SourceViews.ReadAsync(call, call.Route("id"), point);
        var states = await SourceAssertions.AtAsync(call, view.Id, point);
        var counts = states.Select(s => StandingLabel.Of(s).Label).GroupBy(l => l).OrderBy(l => Rank(l.Key)).Select(l => $"{l.Count()} {l.Key}").ToList();
        var changed = states.Select(s => s.RecordedAt).Append(view.RecordedAt).Max();
        await WriteAsync(call, $"{states.Count} assertions", string.Join(", ", counts.Append(Words.DayOf(changed))), point.Position);
    }

    private static int Rank(string label) => StandingNumbers.OfLabel(label).Number;

    private static async Task EmbedAsync(ReadCall call)
    {
        var (state, point) = await StateAsync(call);
        var (label, summary) = StandingLabel.Of(state);
        var page = new EmbedPage(
            PageWriter.SiteOf(call.Context), state.Id, Plain.Line(state.Content.Proposition, PropositionCharactersMax), label,
            Plain.Line(summary, PropositionCharactersMax), Words.DayOf(state.RecordedAt));
        await call.WriteEmbedAsync<EmbedDocument>(page, point.Position);
    }

    private static async Task<(Assertion State, ReadPoint Point)> StateAsync(ReadCall call)
    {
        var id = call.Route("id");
        var point = await call.PointAsync();
        call.Query.Done();
        await call.RequireReadableAsync(id);
        return ((await ReadAssertionRoute.AtAsync(call, id, point)).State, point);
    }

    private static Task WriteAsync(ReadCall call, string label, string text, long position)
    {
        call.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        call.Response.Headers.XContentTypeOptions = "nosniff";
        return call.WriteBytesAsync(Encoding.UTF8.GetBytes(Svg(label, text)), "image/svg+xml; charset=utf-8", position);
    }

    /// <summary>Draws two fields. Their widths are estimated from the number of characters, and <c>textLength</c> fits the text to them.</summary>
    private static string Svg(string label, string text)
    {
        const int CharacterWidth = 7, Padding = 8, Height = 24;
        var (first, second) = ((label.Length * CharacterWidth) + (2 * Padding), (text.Length * CharacterWidth) + (2 * Padding));
        var (safeLabel, safeText) = (WebUtility.HtmlEncode(label), WebUtility.HtmlEncode(text));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="{Height}" role="img" aria-label="{safeLabel}: {safeText}">
            <title>{safeLabel}: {safeText}</title>
            <rect width="{first + second}" height="{Height}" rx="3" fill="#fbfaf6" stroke="#55524a"/>
            <rect width="{first}" height="{Height}" rx="3" fill="#1b1a17"/>
            <g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11.5" lengthAdjust="spacingAndGlyphs">
            <text x="{Padding}" y="16" fill="#fff" font-weight="bold" textLength="{first - (2 * Padding)}">{safeLabel}</text>
            <text x="{first + Padding}" y="16" fill="#1b1a17" textLength="{second - (2 * Padding)}">{safeText}</text>
            </g>
            </svg>

            """);
    }
}
