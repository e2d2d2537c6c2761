using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>
/// Reads pages of an article archive from their JSON-LD or microdata (<c>NewsArticle</c>, <c>Article</c> and their subtypes). The input is one page,
/// or <c>{"url", "html"}</c> on each line. A page gives the work, its headline as a claim, and its corrections as notices.
/// </summary>
public sealed class ArticleFormat : IArchiveFormat
{
    private const int AuthorsMax = 60;

    /// <inheritdoc/>
    public string Name => "html";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        await foreach (var item in LdArchive.ReadAsync(input, options.BaseAddress, cancellationToken))
        {
            var articles = item.Nodes.SelectMany(n => n.Find(IsArticle)).ToList();
            foreach (var problem in item.Problems)
            {
                yield return RecordBuilder.Refused(++number, item.Line, item.Page?.ToString(), problem);
            }

            foreach (var article in articles)
            {
                var record = new RecordBuilder(++number, item.Line);
                Map(record, item, article, options);
                yield return record.Build();
            }

            if (articles.Count == 0 && item.Problems.Count == 0)
            {
                yield return RecordBuilder.Refused(++number, item.Line, item.Page?.ToString(), new(null, "It has no NewsArticle or Article in JSON-LD or microdata."));
            }
        }
    }

    private static bool IsArticle(LdNode node) => node.Types.Any(t => t.EndsWith("Article", StringComparison.Ordinal) || t is "BlogPosting" or "Report" or "LiveBlogPosting");

    private static void Map(RecordBuilder record, LdItem item, LdNode article, ArchiveOptions options)
    {
        var main = article.One("mainEntityOfPage") is { } m ? m.Address : null;
        var url = record.Url(article.TextOf("url") ?? (main is not "true" and not "True" ? main : null), "url", item.Page ?? options.BaseAddress) ?? item.Page?.ToString() ?? record.Url(article.Id, "@id");
        var headline = record.Line(PlainText.Of(article.TextOf("headline") ?? article.TextOf("name")), "headline");
        record.Name = url ?? headline;
        if (url is null || IdentityNames.Of(url) is not { } name)
        {
            record.Refuse("url", "The article has no address, so that it could not be found again; give the address that the page was taken from.");
            return;
        }

        if (headline is null)
        {
            record.Refuse("headline", "The article has no headline.");
        }

        if (record.IsRefused || LdParties.Publisher(record, item.Followed(article.All("publisher")), url, options, "publisher") is not { } publisher)
        {
            return;
        }

        var published = record.Time(article.TextOf("datePublished"), "datePublished");
        var modified = record.Time(article.TextOf("dateModified"), "dateModified");
        var body = record.Text(PlainText.Of(article.TextOf("articleBody")), "articleBody", Domain.Limits.TextCodePointsMax);
        var isFirst = modified is null || modified == published;
        var language = article.TextOf("inLanguage") is { Length: <= 35 } given ? given : null;
        var source = record.Source(new("source", [name, .. article.Names().Where(n => n != name)]), publisher, new("article", headline!, url)
        {
            Language = language, PublishedAt = published ?? Dates.Inferred(modified), Text = isFirst ? body : null,
        });
        if (!isFirst)
        {
            record.Add("captureVersion", source, $"html:{name}:version:{modified}", new()
            {
                ["edition"] = "revision", ["publishedAt"] = modified, ["seen"] = body is not null, ["text"] = body, ["url"] = url,
            });
        }

        JsonNode[] authors = [.. item.Followed(article.All("author")).Take(AuthorsMax).Select(a => LdParties.Attribution(record, a, "author", "author")).OfType<JsonObject>()];
        var claim = record.Claim(new("assertion", [$"{name}#headline"]), source, headline!, new([.. authors, new JsonObject { ["party"] = publisher, ["role"] = "publisher" }])
        {
            Part = "headline", Language = language, PublishedAt = published ?? Dates.Inferred(modified),
        });
        foreach (var correction in item.Followed(article.All("correction")))
        {
            Correct(record, item, correction, new(name, url, claim, publisher, modified));
        }
    }

    /// <summary>Maps a correction: a text, an address, or a comment with a text, an address and a date.</summary>
    private static void Correct(RecordBuilder record, LdItem item, LdNode correction, Corrected article)
    {
        var isAddress = !correction.IsObject && IdentityNames.SiteOf(correction.Text) is not null;
        var text = isAddress ? null : record.Text(PlainText.Of(correction.IsObject ? correction.TextOf("text") ?? correction.TextOf("description") ?? correction.TextOf("headline") ?? correction.TextOf("name") : correction.Text), "correction");
        var url = isAddress ? correction.Text : correction.IsObject ? record.Url(correction.TextOf("url") ?? correction.Id, "correction.url", item.Page) : null;
        if (text is null)
        {
            record.Unclear("correction", $"It has no words of its own{(url is null ? "" : $", only the address {url}")}: nothing is recorded of it.");
            return;
        }

        var published = correction.IsObject ? record.Time(correction.TextOf("datePublished") ?? correction.TextOf("dateCreated"), "correction.datePublished") : null;
        var key = KeyParts.Hash($"{article.Name} {text} {published}", 32);
        record.Notice(article.Claim, article.Publisher, $"html:correction:{key}", new("correction", text, "The correction on the page.")
        {
            Url = url, Citation = article.Url, PublishedAt = (JsonNode?)published ?? Dates.Inferred(article.Modified),
        });
    }

    private sealed record Corrected(string Name, string Url, string Claim, string Publisher, string? Modified);
}
