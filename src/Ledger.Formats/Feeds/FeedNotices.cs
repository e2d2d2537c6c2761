using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>Maps the entries of a corrections feed to notices on the pages to which they link.</summary>
internal sealed class FeedNotices(FeedHead head, ArchiveOptions options)
{
    /// <summary>The greatest number of entries whose hash is remembered, to detect an entry that is in the feed twice.</summary>
    private const int SeenMax = 100_000;

    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);

    internal ArchiveRecord Map(long number, long line, FeedEntry entry)
    {
        var record = new RecordBuilder(number, line);
        var baseAddress = Uri.TryCreate(options.BaseAddress, head.Site ?? "", out var site) && site.Scheme is "http" or "https" ? site
            : Uri.TryCreate(head.Site, UriKind.Absolute, out site) && site.Scheme is "http" or "https" ? site : options.BaseAddress;
        var link = record.Url(entry.Link, "link", baseAddress);
        var address = record.Url(entry.Address, "url", baseAddress) ?? (entry.Id is { } id && IdentityNames.SiteOf(id) is not null ? id : null);
        var title = record.Line(PlainText.Of(entry.Title), "title");
        var text = record.Text(PlainText.Of(entry.Text), "content") ?? title;
        record.Name = address ?? entry.Id ?? link ?? title;
        if (link is null)
        {
            record.Refuse("link", "The entry links to no page, so that nothing tells what the notice is about.");
        }
        else if (text is null)
        {
            record.Refuse("content", "The entry has neither a text nor a title.");
        }
        else if (IdentityNames.SiteOf(baseAddress?.ToString()) is { } own && IdentityNames.SiteOf(link) is { } other && !IsSameSite(own, other))
        {
            record.Refuse("link", $"It leads to {other}, and the feed is that of {own}: only the publisher of a page gives notice on it.");
        }

        if (!record.IsRefused)
        {
            Map(record, entry, link!, address, title, text!);
        }

        return record.Build();
    }

    private void Map(RecordBuilder record, FeedEntry entry, string link, string? address, string? title, string text)
    {
        var publisher = LdParties.Publisher(record, [], IdentityNames.SiteOf(head.Site) is null ? link : head.Site, options with { Publisher = options.Publisher ?? PlainText.Of(head.Title) }, "link")!;
        var published = record.Time(entry.Published, "published");
        var updated = record.Time(entry.Updated, "updated");
        var since = published ?? updated;
        var name = IdentityNames.Of(link)!;
        var isOwnPage = address is not null && IdentityNames.Of(address) == name;
        var pageTitle = isOwnPage || title is null ? title ?? link : title;

        // The page was public at the latest when the notice on it was.
        var known = Dates.Inferred(since);
        var source = record.Source(new("source", [name]), publisher, new("article", pageTitle, link) { PublishedAt = known, Language = entry.Language ?? head.Language });
        var claim = record.Claim(new("assertion", [$"{name}#headline"]), source, pageTitle, new(new JsonArray(new JsonObject { ["party"] = publisher, ["role"] = "publisher" }))
        {
            Part = "headline", PublishedAt = known, Language = entry.Language ?? head.Language,
        });
        record.Unclear("link", "The feed does not say what the page stated: the title of the entry stands for it where the page is not known yet.");

        var identity = IdentityNames.Of(entry.Id) ?? (entry.Id is { Length: > 0 } own ? $"{IdentityNames.SiteOf(head.Site ?? link)}#{own}" : IdentityNames.Of(address ?? link)!);
        var told = KeyParts.Hash($"{text} {since}");
        if (_seen.TryGetValue(identity, out var before))
        {
            record.Unclear("id", before == told ? "The feed has this entry before, with the same words: nothing more is recorded." : "The feed has this id before, with other words: it is recorded as a notice of its own.");
        }

        if (_seen.Count < SeenMax)
        {
            _seen[identity] = told;
        }

        record.Notice(claim, publisher, $"feed:{KeyParts.Short(identity)}:{told}", new(KindOf(entry, title), text, "The entry of the publisher's corrections feed.")
        {
            Url = isOwnPage ? null : address, Citation = address ?? (entry.Id is { Length: > 0 and <= 2_000 } given ? given : link), PublishedAt = published ?? Dates.Inferred(updated),
        });
    }

    /// <summary>The kind of notice in the publisher's own words: from a category, otherwise from the first word of the title.</summary>
    private static string KindOf(FeedEntry entry, string? title)
    {
        foreach (var word in entry.Categories.Append((title ?? "").Split([':', ' ', '–', '—'], 2)[0]))
        {
            var kind = word.Trim().TrimEnd(':').ToUpperInvariant() switch
            {
                "RETRACTION" or "RETRACTED" or "WITHDRAWN" => "retraction",
                "EXPRESSION OF CONCERN" or "CONCERN" => "concern",
                "CLARIFICATION" or "CLARIFIED" => "clarification",
                "UPDATE" or "UPDATED" => "update",
                _ => null,
            };
            if (kind is not null)
            {
                return kind;
            }
        }

        return "correction";
    }

    /// <summary>Whether two addresses belong to the same site: feeds.example.org and www.example.org both belong to example.org.</summary>
    private static bool IsSameSite(string a, string b)
    {
        var (x, y) = (new Uri(a).Host.Split('.'), new Uri(b).Host.Split('.'));
        return x.Length > 1 && y.Length > 1 ? x.TakeLast(2).SequenceEqual(y.TakeLast(2)) && (x[^2].Length > 3 || x.SequenceEqual(y) || x.TakeLast(3).SequenceEqual(y.TakeLast(3))) : a == b;
    }
}
