using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using static Ledger.Formats.XmlNames;

namespace Ledger.Formats;

/// <summary>Reads IPTC NewsML-G2: one item, or a message of items. News items and package items have versions, a status and signals.</summary>
public sealed class NewsMlFormat : IArchiveFormat
{
    private static readonly string[] Items = ["newsItem", "packageItem", "planningItem", "conceptItem", "knowledgeItem", "catalogItem"];

    /// <inheritdoc/>
    public string Name => "newsml-g2";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = new NewsItems(Name, options);
        var number = 0L;
        await foreach (var (element, line) in XmlRecords.ReadAsync(input, Items, around: null, cancellationToken))
        {
            var record = new RecordBuilder(++number, line);
            if (element.Name.LocalName is not ("newsItem" or "packageItem"))
            {
                record.Name = (string?)element.Attribute("guid");
                record.Refuse(null, $"A {element.Name.LocalName} is no news: only newsItem and packageItem are imported.");
            }
            else if ((string?)element.Attribute("guid") is { Length: > 0 } guid)
            {
                items.Map(record, Item(element, guid, record));
            }
            else
            {
                record.Refuse("guid", "The item has no guid.");
            }

            yield return record.Build();
        }

        if (number == 0)
        {
            throw new ArchiveFormatException("The XML has no NewsML-G2 item (newsItem, packageItem).");
        }
    }

    private static NewsItem Item(XElement item, string guid, RecordBuilder record)
    {
        var (meta, content) = (Child(item, "itemMeta"), Child(item, "contentMeta"));
        List<string> signals = [.. All(meta, "signal").Select(Code)];
        var version = (string?)item.Attribute("version");
        if (Value(meta, "embargoed") is { } embargo)
        {
            record.Unclear("embargoed", $"The embargo until {embargo} is not recorded; restrict access by hand where it still holds.");
        }

        return new()
        {
            Uri = guid,
            Version = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 1, // The default of the standard is 1.
            VersionCreated = Value(meta, "versionCreated"),
            FirstCreated = Value(meta, "firstCreated"),
            PubStatus = Child(meta, "pubStatus") is { } status ? Code(status) : "usable", // The default of the standard.
            Headline = Value(content, "headline") ?? Value(meta, "title"),
            Body = Child(Child(item, "contentSet"), "inlineXML")?.Value ?? Child(Child(item, "contentSet"), "inlineData")?.Value,
            Language = (string?)item.Attribute(XNamespace.Xml + "lang") ?? (string?)Child(content, "language")?.Attribute("tag"),
            Type = Child(meta, "itemClass") is { } type ? Code(type) : null,
            EdNote = Value(meta, "edNote"),
            IsCorrection = signals.Contains("correction"),
            IsUpdate = signals.Contains("update"),
            Url = All(meta, "link").Where(l => Qcode(l, "rel").EndsWith("canonical", StringComparison.Ordinal)).Select(l => (string?)l.Attribute("href")).FirstOrDefault(),
            AltIds = [.. All(content, "altId").Select(a => a.Value.Trim()).Where(a => a.Length > 0)],
            Provider = Provider(meta),
            Authors = [.. All(content, "creator").Select(c => Value(c, "name") ?? (string?)c.Attribute("literal")).Concat(All(content, "by").Select(b => b.Value)).OfType<string>().Distinct()],
            Topics = [.. All(content, "subject").Select(s => Value(s, "name")).OfType<string>()],
        };
    }

    private static (string?, string?) Provider(XElement? meta) => Child(meta, "provider") is not { } provider ? (null, null)
        : ((string?)provider.Attribute("uri") ?? (string?)provider.Attribute("qcode") ?? (string?)provider.Attribute("literal"), Value(provider, "name"));

    /// <summary>
    /// The code without the prefix of its vocabulary: <c>stat:canceled</c> and <c>http://cv.iptc.org/newscodes/pubstatusg2/canceled</c> are
    /// <c>canceled</c>.
    /// </summary>
    private static string Code(XElement element)
    {
        var code = (string?)element.Attribute("qcode") ?? (string?)element.Attribute("uri") ?? "";
        return code[(code.LastIndexOfAny([':', '/']) + 1)..];
    }

    private static string Qcode(XElement element, string attribute) => (string?)element.Attribute(attribute) ?? "";
}
