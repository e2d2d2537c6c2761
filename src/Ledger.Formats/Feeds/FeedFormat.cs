using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Xml.Linq;
using static Ledger.Formats.XmlNames;

namespace Ledger.Formats;

/// <summary>
/// Reads the feed of a corrections page: Atom, RSS (0.91 to 2.0, and 1.0) or JSON Feed. Each entry is a notice on the page to which it links.
/// </summary>
public sealed class FeedFormat : IArchiveFormat
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <inheritdoc/>
    public string Name => "feed";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var head = new FeedHead();
        var notices = new FeedNotices(head, options);
        var number = 0L;
        await using var peeked = new PeekedStream(input);
        if (await peeked.FirstAsync(cancellationToken) == '<')
        {
            await foreach (var (element, line) in XmlRecords.ReadAsync(peeked, ["entry", "item"], e => Head(head, e), cancellationToken))
            {
                yield return notices.Map(++number, line, element.Name.LocalName == "entry" ? Entry(element) : Item(element));
            }

            yield break;
        }

        await foreach (var found in new JsonRecords("items").ReadAsync(peeked, cancellationToken))
        {
            if (found.Problem is not null || found.Envelope.ValueKind != JsonValueKind.Object || found.Value.ValueKind != JsonValueKind.Object)
            {
                yield return RecordBuilder.Refused(++number, found.Line, null, found.Problem ?? new(null, "It is no item of a JSON Feed, which is an object with a list of items."));
                continue;
            }

            (head.Title, head.Site, head.Language) = (Text(found.Envelope, "title"), Text(found.Envelope, "home_page_url") ?? Text(found.Envelope, "feed_url"), Text(found.Envelope, "language"));
            yield return notices.Map(++number, found.Line, JsonItem(found.Value));
        }
    }

    private static void Head(FeedHead head, XElement e)
    {
        switch (e.Name.LocalName)
        {
            case "title":
                head.Title ??= e.Value;
                break;
            case "link" when e.Name.Namespace == Atom && (string?)e.Attribute("rel") is not (null or "alternate" or "self"):
                break;
            case "link" when (string?)e.Attribute("href") is { } href:
                head.Site = (string?)e.Attribute("rel") == "self" ? head.Site ?? href : href;
                break;
            case "link" when e.Value.Trim() is { Length: > 0 } site:
                head.Site = site;
                break;
            case "language":
                head.Language ??= e.Value.Trim();
                break;
            default:
                break;
        }
    }

    private static FeedEntry Entry(XElement e)
    {
        string? Link(string rel) => All(e, "link").Where(l => ((string?)l.Attribute("rel") ?? "alternate") == rel).Select(l => (string?)l.Attribute("href")).FirstOrDefault();
        return new()
        {
            Id = Value(e, "id"), Title = Markup(Child(e, "title")), Address = Link("self"), Link = Link("related") ?? Link("via") ?? Link("alternate"),
            Text = Markup(Child(e, "content")) ?? Markup(Child(e, "summary")), Published = Value(e, "published"), Updated = Value(e, "updated"),
            Categories = [.. e.Elements(Atom + "category").Select(c => (string?)c.Attribute("term")).OfType<string>()], Language = (string?)e.Attribute(XNamespace.Xml + "lang"),
        };
    }

    private static FeedEntry Item(XElement e)
    {
        var guid = Child(e, "guid");
        var isPermalink = guid is not null && (string?)guid.Attribute("isPermaLink") != "false" && guid.Value.Trim().StartsWith("http", StringComparison.OrdinalIgnoreCase);
        return new()
        {
            Id = guid?.Value.Trim() ?? (string?)e.Attributes().FirstOrDefault(a => a.Name.LocalName == "about"), Title = Value(e, "title"),
            Address = isPermalink ? guid!.Value.Trim() : null, Link = Value(e, "link"),
            Text = Value(e, "encoded") ?? Value(e, "description"), Published = Value(e, "pubDate") ?? Value(e, "date"), Updated = Value(e, "updated"),
            Categories = [.. All(e, "category").Select(c => c.Value)],
        };
    }

    private static FeedEntry JsonItem(JsonElement item) => new()
    {
        Id = Text(item, "id"), Title = Text(item, "title"), Address = Text(item, "url"), Link = Text(item, "external_url") ?? Text(item, "url"),
        Text = Text(item, "content_html") ?? Text(item, "content_text") ?? Text(item, "summary"),
        Published = Text(item, "date_published"), Updated = Text(item, "date_modified"), Language = Text(item, "language"),
        Categories = item.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)] : [],
    };

    /// <summary>Reads a text construct of Atom: text, escaped HTML, or XHTML, whose elements are written as tags.</summary>
    private static string? Markup(XElement? e) => e is null ? null
        : (string?)e.Attribute("type") == "xhtml" ? string.Concat(e.Elements().Select(x => x.ToString(SaveOptions.DisableFormatting)))
        : e.Value is { Length: > 0 } text ? text : null;

    private static string? Text(JsonElement item, string name) => !item.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() is { Length: > 0 } text ? text : null
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
}
