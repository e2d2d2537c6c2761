using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ledger.Formats;

/// <summary>
/// Reads IPTC ninjs 1.x, 2.x and 3.x: an item, a list, or an item on each line. Version 1.x has texts as properties (<c>headline_main</c>), 2.x and 3.x
/// have lists of <c>{role, value}</c>, and 3.x writes property names in camelCase (<c>pubStatus</c>). All of these forms are read.
/// </summary>
public sealed class NinjsFormat : IArchiveFormat
{
    /// <inheritdoc/>
    public string Name => "ninjs";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = new NewsItems(Name, options);
        await foreach (var found in new JsonRecords("items", "results").ReadAsync(input, cancellationToken))
        {
            var record = new RecordBuilder(found.Number, found.Line);
            if (found.Problem is { } problem)
            {
                record.Refuse(problem.Field, problem.Reason);
            }
            else if (found.Value.ValueKind != JsonValueKind.Object || Text(found.Value, "uri") is not { } uri)
            {
                record.Refuse("uri", "It is no ninjs item: an item is an object with a uri.");
            }
            else
            {
                items.Map(record, Item(found.Value, uri, record));
            }

            yield return record.Build();
        }
    }

    private static NewsItem Item(JsonElement item, string uri, RecordBuilder record)
    {
        var version = Text(item, "version");
        long? number = long.TryParse(version, out var n) && n > 0 ? n : null;
        if (version is not null && number is null)
        {
            record.Unclear("version", $"\"{version}\" is no number of a version.");
        }

        if ((Text(item, "embargoed") ?? Text(item, "embargoeduntil")) is { } embargo)
        {
            record.Unclear("embargoed", $"The embargo until {embargo} is not recorded; restrict access by hand where it still holds.");
        }

        return new()
        {
            Uri = uri,
            Version = number,
            VersionCreated = Text(item, "versioncreated") ?? Text(item, "contentmodified"),
            FirstCreated = Text(item, "firstcreated") ?? Text(item, "contentcreated"),
            PubStatus = Text(item, "pubstatus") ?? "usable",
            Headline = ByRole(item, "headlines", "main") ?? Text(item, "headline") ?? ByPrefix(item, "headline_") ?? Text(item, "title") ?? ByRole(item, "titles", "main"),
            Body = ByRole(item, "bodies", "main") ?? Text(item, "body_text") ?? Text(item, "body_xhtml") ?? Text(item, "body_html") ?? ByPrefix(item, "body_"),
            Language = Text(item, "language"),
            Type = Text(item, "type"),
            EdNote = Text(item, "ednote"),
            Url = Text(item, "url"),
            AltIds = AltIds(item),
            Provider = Provider(item),
            Authors = Text(item, "byline") is { } byline ? [byline] : Text(item, "by") is { } by ? [by] : [.. Objects(item, "people").Where(p => IsAuthor(p)).Select(p => Text(p, "name")).OfType<string>()],
            Topics = [.. Objects(item, "subject").Concat(Objects(item, "subjects")).Select(s => Text(s, "name")).OfType<string>()],
        };
    }

    /// <summary>The other identifiers: in version 1.x an object of names and identifiers, later a list of <c>{role, value}</c>.</summary>
    private static List<string> AltIds(JsonElement item) =>
        !TryGet(item, "altids", out var ids) ? []
        : ids.ValueKind == JsonValueKind.Object ? [.. ids.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()!)]
        : [.. Objects(item, "altids").Select(a => Text(a, "value")).OfType<string>()];

    private static (string?, string?) Provider(JsonElement item)
    {
        var provider = Objects(item, "infosources").Concat(Objects(item, "infosource")).Concat(Objects(item, "organisation")).Concat(Objects(item, "organisations"))
            .FirstOrDefault(o => Text(o, "rel") is "publisher" or "provider" or "source" || Text(o, "role") is "publisher" or "provider");
        return provider.ValueKind == JsonValueKind.Object ? (Text(provider, "uri"), Text(provider, "name")) : (null, Text(item, "copyrightholder"));
    }

    private static bool IsAuthor(JsonElement person) => (Text(person, "rel") ?? Text(person, "role")) is "author" or "creator" or "byline";

    private static string? ByRole(JsonElement item, string list, string role)
    {
        List<JsonElement> texts = [.. Objects(item, list)];
        var chosen = texts.Find(t => Text(t, "role") == role) is { ValueKind: JsonValueKind.Object } main ? main : texts.FirstOrDefault();
        return chosen.ValueKind == JsonValueKind.Object ? Text(chosen, "value") : null;
    }

    private static string? ByPrefix(JsonElement item, string prefix) =>
        item.EnumerateObject().Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()).FirstOrDefault();

    /// <summary>Finds a property by its name in versions 1.x and 2.x. Version 3.x writes the same words in camelCase.</summary>
    private static bool TryGet(JsonElement item, string name, out JsonElement value)
    {
        if (item.TryGetProperty(name, out value))
        {
            return true;
        }

        foreach (var property in item.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = property.Value;
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<JsonElement> Objects(JsonElement item, string name) =>
        TryGet(item, name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object) : [];

    private static string? Text(JsonElement item, string name) => !TryGet(item, name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() is { Length: > 0 } text ? text : null
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;
}
