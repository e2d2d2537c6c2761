using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>One version of a news item, as an agency sent it, whatever the format.</summary>
internal sealed record NewsItem
{
    /// <summary>The identifier of all its versions: <c>uri</c> in ninjs, <c>guid</c> in NewsML-G2.</summary>
    internal required string Uri { get; init; }

    /// <summary>The number of the version; null where none is given.</summary>
    internal long? Version { get; init; }

    internal string? VersionCreated { get; init; }

    internal string? FirstCreated { get; init; }

    /// <summary>The status: usable, withheld or canceled.</summary>
    internal required string PubStatus { get; init; }

    internal string? Headline { get; init; }

    internal string? Body { get; init; }

    internal string? Language { get; init; }

    internal string? Type { get; init; }

    internal string? EdNote { get; init; }

    /// <summary>Whether the item is marked as a correction (sig:correction).</summary>
    internal bool IsCorrection { get; init; }

    /// <summary>Whether the item is marked as an update (sig:update).</summary>
    internal bool IsUpdate { get; init; }

    internal string? Url { get; init; }

    /// <summary>The other identifiers of the item.</summary>
    internal IReadOnlyList<string> AltIds { get; init; } = [];

    /// <summary>The provider: its identifier and its name, as far as they are given.</summary>
    internal (string? Uri, string? Name) Provider { get; init; }

    /// <summary>The names of the authors.</summary>
    internal IReadOnlyList<string> Authors { get; init; } = [];

    internal IReadOnlyList<string> Topics { get; init; } = [];
}

/// <summary>
/// Maps the versions of news items to commands. The first version gives the work, and its headline as a claim. Each version is captured. A change in
/// a later version is a correction or an update, a kill is a retraction, and a hold is a restriction. An item that becomes usable again ends either.
/// </summary>
/// <param name="format">The name of the format, which is the prefix of its keys.</param>
/// <param name="options">What the archive itself does not say.</param>
internal sealed class NewsItems(string format, ArchiveOptions options)
{
    /// <summary>
    /// The greatest number of items whose newest version is remembered. A change is detected only between versions that are no further apart in the
    /// file.
    /// </summary>
    private const int ItemsMax = 20_000;

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Maps one version.</summary>
    internal void Map(RecordBuilder record, NewsItem item)
    {
        record.Name = item.Version is { } v ? $"{item.Uri} version {v}" : item.Uri;
        if (IdentityNames.Of(item.Uri) is not { } name)
        {
            record.Refuse("uri", "It has no identifier that is a URI, so that its versions cannot be told from those of other items.");
            return;
        }

        var known = _known.GetValueOrDefault(name);
        var headline = record.Text(PlainText.Of(item.Headline), "headline") ?? known?.Headline;
        if (item.PubStatus is not ("usable" or "withheld" or "canceled"))
        {
            record.Refuse("pubstatus", $"\"{item.PubStatus}\" is none of usable, withheld, canceled.");
        }
        else if (headline is null)
        {
            record.Refuse("headline", "It has no headline, and no version of it before did.");
        }

        if (record.IsRefused || Publisher(record, item) is not { } publisher)
        {
            return;
        }

        var url = record.Url(item.Url ?? item.AltIds.Append(item.Uri).FirstOrDefault(i => IdentityNames.SiteOf(i) is not null), "url");
        var created = record.Time(item.VersionCreated, "versioncreated");
        var first = record.Time(item.FirstCreated, "firstcreated");
        var published = (JsonNode?)first ?? (item.Version is null or 1 ? created : Dates.Inferred(created));
        var names = IdentityNames.Of([item.Uri, .. item.AltIds, url]);
        var body = record.Text(PlainText.Of(item.Body), "body", Domain.Limits.TextCodePointsMax);
        var isFirst = item.Version == 1 || (known is null && item.Version is null);
        var source = record.Source(new("source", [name, .. names.Where(n => n != name)]), publisher, new(KindOf(item.Type), record.Line(headline, "headline")!, url)
        {
            Language = item.Language, Edition = "version 1", PublishedAt = published, Text = isFirst ? body : null,
        });
        var claim = record.Claim(new("assertion", [$"{name}#headline"]), source, headline!, new(Attribution(record, item, publisher))
        {
            Part = "headline", Language = item.Language, Topics = Topics(record, item), PublishedAt = published,
        });
        Version(record, item, source, name, created, url, body, isFirst);
        if (known is not null && item.Version is { } number && number <= known.Version)
        {
            record.Unclear("version", $"Version {number} comes behind version {known.Version}: it changes nothing.");
            return;
        }

        var restriction = Changes(record, item, new(name, claim, publisher, source), known, headline!, created, url);
        Remember(name, new(item.Version ?? (known?.Version ?? 0) + 1, headline!, item.PubStatus, restriction));
    }

    private static void Version(RecordBuilder record, NewsItem item, string source, string name, string? created, string? url, string? body, bool isFirst)
    {
        if (!isFirst && item.Version is { } number)
        {
            record.Add("captureVersion", source, $"version:{name}:{number}", new()
            {
                ["edition"] = $"version {number}", ["publishedAt"] = created, ["seen"] = body is not null, ["text"] = body, ["url"] = url,
            });
        }
    }

    /// <summary>Adds the commands for what a version changed.</summary>
    /// <returns>The key of the restriction that is open after this version; null where there is none.</returns>
    private string? Changes(RecordBuilder record, NewsItem item, Ids ids, Known? known, string headline, string? created, string? url)
    {
        var key = $"{format}:{ids.Name}:{(item.Version is { } v ? v : created ?? "1")}";
        var note = record.Text(PlainText.Of(item.EdNote), "ednote");
        var citation = record.Name!.Length <= Domain.Limits.LineCodePointsMax ? record.Name : null;
        if (item.PubStatus == "usable")
        {
            Usable(record, ids, known, key, note, created, citation);
        }

        var isChanged = known is not null && known.Headline != headline;
        if (isChanged || ((item.IsCorrection || item.IsUpdate || note is not null) && item.Version is > 1 && item.PubStatus == "usable" && known?.PubStatus is null or "usable"))
        {
            var isCorrection = item.IsCorrection || note?.Contains("correct", StringComparison.OrdinalIgnoreCase) == true;
            record.Notice(ids.Claim, ids.Publisher, $"{key}:change", new(isCorrection ? "correction" : "update", note ?? headline, note is null ? "A later version of the item." : "The item's editorial note.")
            {
                Url = url, Citation = citation, PublishedAt = created, Before = isChanged ? known!.Headline : null, After = isChanged ? headline : null,
            });
        }

        if (item.PubStatus == "canceled" && known?.PubStatus != "canceled")
        {
            record.Notice(ids.Claim, ids.Publisher, $"{key}:canceled", new("retraction", note ?? "pubstatus canceled", "The item was canceled.")
            {
                Url = url, Citation = citation, PublishedAt = created,
            });
        }
        else if (item.PubStatus == "withheld" && known?.PubStatus != "withheld")
        {
            record.Add("restrictAccess", null, $"{key}:withheld", new() { ["source"] = ids.Source, ["reason"] = "hold", ["publishedAt"] = created });
            return $"{key}:withheld";
        }

        return item.PubStatus == "withheld" ? known?.RestrictionKey : null;
    }

    private static void Usable(RecordBuilder record, Ids ids, Known? known, string key, string? note, string? created, string? citation)
    {
        if (known?.PubStatus == "canceled")
        {
            record.Withdraw($"{key}:usable", new(ids.Claim, "retraction_issued"), new()
            {
                ["reason"] = record.Line(note, "ednote") ?? "The item is usable again.", ["citation"] = citation, ["publishedAt"] = created,
            });
        }
        else if (known?.PubStatus == "withheld")
        {
            record.Withdraw($"{key}:usable", null, new() { ["reason"] = "The item is usable again.", ["publishedAt"] = created }, known.RestrictionKey);
        }
    }

    private string? Publisher(RecordBuilder record, NewsItem item)
    {
        var name = record.Line(item.Provider.Name, "provider") ?? options.Publisher;
        if (IdentityNames.Of(item.Provider.Uri) is { } uri)
        {
            return record.Party(new("party", [uri]), name, "publisher", "provider");
        }

        if (item.Provider.Uri is { Length: > 0 } code)
        {
            // A code such as "nprov:AFP" is a name from a controlled vocabulary, so it identifies the provider.
            return record.Party(new("party", [$"newsprovider:{code}"]), name ?? code, "publisher", "provider");
        }

        if (IdentityNames.SiteOf(item.Url ?? item.AltIds.Append(item.Uri).FirstOrDefault(i => IdentityNames.SiteOf(i) is not null)) is { } site)
        {
            return record.Party(new("party", [site]), name ?? site["https://".Length..], "publisher", "provider");
        }

        if (options.Publisher is { } given)
        {
            return record.Party(new("party", [$"publisher:{given}"]), given, "publisher", "provider");
        }

        record.Refuse("provider", "Nothing tells who publishes it: neither a provider with an identifier nor a web address. Give the publisher of the file.");
        return null;
    }

    private static JsonArray Attribution(RecordBuilder record, NewsItem item, string publisher) => new(
    [
        .. item.Authors.Take(Domain.Limits.ItemsMax - 1).Select(a => (JsonNode)new JsonObject { ["description"] = record.Line(a, "by"), ["role"] = "author" }),
        new JsonObject { ["party"] = publisher, ["role"] = "publisher" },
    ]);

    private static List<string> Topics(RecordBuilder record, NewsItem item) =>
        [.. item.Topics.Select(t => record.Text(t, "subject", Domain.Limits.WordCodePointsMax)).OfType<string>().Distinct(StringComparer.Ordinal).Take(Domain.Limits.ItemsMax)];

    private static string KindOf(string? type) => type switch
    {
        "picture" or "graphic" or "video" or "audio" => "broadcast",
        "dataset" => "dataset",
        _ => "article",
    };

    private void Remember(string name, Known known)
    {
        if (!_known.ContainsKey(name))
        {
            _order.Enqueue(name);
            if (_order.Count > ItemsMax)
            {
                _known.Remove(_order.Dequeue());
            }
        }

        _known[name] = known;
    }

    /// <summary>The last state of an item in the file.</summary>
    private sealed record Known(long Version, string Headline, string PubStatus, string? RestrictionKey);

    private sealed record Ids(string Name, string Claim, string Publisher, string Source);
}
