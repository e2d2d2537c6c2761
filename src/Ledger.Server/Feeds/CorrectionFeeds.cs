using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Corrections for feed readers: Atom (RFC 4287, paged by RFC 5005) and JSON Feed 1.1, with before and after in each entry.</summary>
internal static class CorrectionFeeds
{
    private const int PageEntries = 50;
    private const string Title = "Corrections, retractions and concerns";
    private const string FromOldest = "1970-01-01T00:00:00Z";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/feeds/corrections.atom", "Corrections as an Atom feed", call => ReadAsync(call, "application/atom+xml", AtomOf));
        routes.MapRead("/feeds/corrections.json", "Corrections as a JSON Feed", call => ReadAsync(call, "application/feed+json", JsonOf));
    }

    private static async Task ReadAsync(ReadCall call, string contentType, Func<Page, byte[]> write)
    {
        var tags = FeedRoute.Tags(call.Query, "publisher", "materiality");
        var before = call.Query.Number("before", long.MaxValue, 1, long.MaxValue);
        var late = call.Query.Number("beforeLate", 0, 1, long.MaxValue);
        call.Query.Done();
        var (entries, next) = await new CorrectionEntries(call.Store).ReadAsync(
            new(before, late == 0 ? null : late), PageEntries, new() { AnyOfTags = tags }, await call.RestrictedInLogAsync(), call.Cancelled);
        var request = call.Context.Request;
        var site = $"{request.Scheme}://{request.Host}";
        var body = write(new(
            entries, site, site + request.Path + request.QueryString,
            next is { } place ? site + Address(call.Query, place) : null,
            call.Service<LedgerIdentity>().Uri));
        await call.Response.WriteWholeAsync(body, contentType, call.Cancelled);
    }

    private static string Address(Query query, FeedPlace before) => query.With(
        ("before", before.Position.ToString(CultureInfo.InvariantCulture)),
        ("beforeLate", before.Late?.ToString(CultureInfo.InvariantCulture)));

    private static byte[] AtomOf(Page page)
    {
        var feed = new XElement(Atom + "feed",
            new XElement(Atom + "id", page.Ledger),
            new XElement(Atom + "title", Title),
            new XElement(Atom + "updated", page.Entries is [var newest, ..] ? WireTime.Format(newest.Updated) : FromOldest),
            new XElement(Atom + "author", new XElement(Atom + "name", "Claims Ledger")),
            Link("self", page.Self),
            page.Next is null ? null : Link("next", page.Next),
            page.Entries.Select(e => new XElement(Atom + "entry",
                new XElement(Atom + "id", $"urn:uuid:{e.Recorded.Id}"),
                new XElement(Atom + "title", Clean(e.Title)),
                new XElement(Atom + "published", WireTime.Format(e.Recorded.RecordedAt)),
                new XElement(Atom + "updated", WireTime.Format(e.Updated)),
                new XElement(Atom + "author", new XElement(Atom + "name", e.Publisher.Length > 0 ? Clean(e.Publisher) : "Claims Ledger")),
                Link("alternate", page.AssertionOf(e)),
                e.Url is null ? null : Link("related", e.Url),
                new XElement(Atom + "content", new XAttribute("type", "html"), Clean(e.ToHtml())))));
        using var buffer = new MemoryStream();
        using (var writer = new StreamWriter(buffer, new UTF8Encoding(false), leaveOpen: true))
        {
            new XDocument(feed).Save(writer, SaveOptions.DisableFormatting);
        }

        return buffer.ToArray();
    }

    private static XElement Link(string relation, string address) =>
        new(Atom + "link", new XAttribute("rel", relation), new XAttribute("href", Clean(address)));

    /// <summary>Characters that XML cannot carry are shown as U+FFFD: one of them in a recorded text must not break the feed for everybody.</summary>
    private static string Clean(string text)
    {
        if (text.All(c => XmlConvert.IsXmlChar(c)))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return clean.ToString();
    }

    private static byte[] JsonOf(Page page) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            version = "https://jsonfeed.org/version/1.1",
            title = Title,
            feed_url = page.Self,
            next_url = page.Next,
            items = page.Entries.Select(e => new
            {
                id = $"urn:uuid:{e.Recorded.Id}",
                url = page.AssertionOf(e),
                external_url = e.Url,
                title = e.Title,
                content_html = e.ToHtml(),
                date_published = e.Recorded.RecordedAt,
                date_modified = e.Updated == e.Recorded.RecordedAt ? null : (DateTimeOffset?)e.Updated,
                authors = e.Publisher.Length > 0 ? new[] { new { name = e.Publisher } } : null,
                _ledger = new { position = e.Recorded.Position, type = CloudEvent.TypeOf(e.Recorded.Type), reason = e.Reason, changes = e.Changes },
            }),
        },
        DomainJson.Stored);

    private sealed record Page(IReadOnlyList<FeedEntry> Entries, string Site, string Self, string? Next, string Ledger)
    {
        internal string AssertionOf(FeedEntry e) => $"{Site}/v1/assertions/{e.Assertion}";
    }
}
