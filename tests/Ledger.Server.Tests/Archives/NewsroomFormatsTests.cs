using System.Net;
using System.Text.Json;
using Ledger.Testing;
using static Ledger.Server.Tests.Archives.Archive;

namespace Ledger.Server.Tests.Archives;

/// <summary>Each format of newsrooms and fact-checkers through a real server: what the file says is found at three moments, and a second run records nothing.</summary>
public class NewsroomFormatsTests
{
    private const string Reviews = """
        {"@context": "https://schema.org", "@graph": [
         {"@type": "ClaimReview", "url": "https://checks.example/reviews/1", "claimReviewed": "Bread has doubled in price.", "datePublished": "2019-03-02", "inLanguage": "en",
          "author": {"@type": "Organization", "name": "Example Checks", "url": "https://checks.example/"}, "reviewBody": "We looked.",
          "reviewRating": {"@type": "Rating", "ratingValue": "2", "worstRating": "1", "bestRating": "5", "alternateName": "Mostly wrong", "ratingExplanation": "It rose by a tenth."},
          "itemReviewed": {"@id": "https://checks.example/c/1"}},
         {"@type": "Claim", "@id": "https://checks.example/c/1", "author": {"@type": "Person", "name": "A. Speaker", "sameAs": "https://people.example/speaker"},
          "datePublished": "2019-02", "appearance": {"@type": "NewsArticle", "url": "https://news.example/bread", "headline": "Bread", "publisher": {"@type": "NewsMediaOrganization", "name": "The News"}}},
         {"@type": "ClaimReview", "url": "https://other.example/7", "claimReviewed": "Bread has doubled.", "datePublished": "2019-05", "author": "Other Checks", "reviewRating": {"ratingValue": 4, "worstRating": 1, "bestRating": 5},
          "itemReviewed": {"@id": "https://checks.example/c/1"}},
         {"@type": "ClaimReview", "url": "https://other.example/8", "claimReviewed": "Milk is blue.", "author": "Other Checks", "reviewRating": "No", "itemReviewed": {"@type": "Claim", "author": {"name": "Nobody"}}},
         {"@type": "ClaimReview", "url": "https://other.example/9", "claimReviewed": "No rating."}]}
        """;

    private const string Ninjs = """
        {"uri": "urn:newsml:agency.example:1", "version": "1", "versioncreated": "2018-08-03T10:00:00Z", "pubstatus": "usable", "headline": "Plant makes 500 cars", "body_text": "A plant.", "url": "https://agency.example/1"}
        {"uri": "urn:newsml:agency.example:1", "version": "2", "versioncreated": "2018-08-03T11:00:00Z", "pubstatus": "usable", "headline": "Plant makes 400 cars", "ednote": "CORRECTS number", "body_text": "A plant!", "url": "https://agency.example/1"}
        {"uri": "urn:newsml:agency.example:1", "version": "3", "versioncreated": "2018-08-03T12:00:00Z", "pubstatus": "canceled", "ednote": "KILL", "url": "https://agency.example/1"}
        {"uri": "urn:newsml:agency.example:1", "version": "4", "versioncreated": "2018-08-03T13:00:00Z", "pubstatus": "usable", "headline": "Plant makes 400 cars", "url": "https://agency.example/1"}
        {"uri": "urn:newsml:agency.example:2", "version": "1", "versioncreated": "2018-08-03T10:00:00Z", "pubstatus": "withheld", "headline": "Held", "url": "https://agency.example/2"}
        {"uri": "urn:newsml:agency.example:3", "version": "1", "versioncreated": "2018-08-03T10:00:00Z", "pubstatus": "withheld", "headline": "Held for an hour", "url": "https://agency.example/3"}
        {"uri": "urn:newsml:agency.example:3", "version": "2", "versioncreated": "2018-08-03T11:00:00Z", "pubstatus": "usable", "headline": "Held for an hour", "url": "https://agency.example/3"}
        """;

    private const string NewsMl = """
        <newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
        <newsItem guid="urn:newsml:wire.example:1" version="1"><itemMeta><provider uri="https://wire.example/"><name>The Wire</name></provider><versionCreated>2017-01-01</versionCreated>
        <pubStatus qcode="stat:usable"/><link rel="irel:canonical" href="https://wire.example/1"/></itemMeta><contentMeta><headline>Ten ships</headline></contentMeta></newsItem>
        <newsItem guid="urn:newsml:wire.example:1" version="2"><itemMeta><provider uri="https://wire.example/"><name>The Wire</name></provider><versionCreated>2017-01-03</versionCreated>
        <pubStatus qcode="stat:usable"/><edNote>Number.</edNote><signal qcode="sig:correction"/></itemMeta><contentMeta><headline>Two ships</headline></contentMeta></newsItem>
        <newsItem guid="urn:newsml:wire.example:1" version="3"><itemMeta><provider uri="https://wire.example/"><name>The Wire</name></provider><versionCreated>2017-01-05</versionCreated>
        <pubStatus qcode="stat:canceled"/><edNote>Kill.</edNote></itemMeta><contentMeta><headline>Two ships</headline></contentMeta></newsItem></itemSet></newsMessage>
        """;

    private const string Page = """
        <html><head><link rel="canonical" href="https://gazette.example/a"><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Five bridges", "datePublished": "2016-01-01",
        "publisher": {"@type": "NewsMediaOrganization", "name": "Gazette", "url": "https://gazette.example"}, "author": "Doe, Jane; Dr.", "articleBody": "Text.",
        "correction": {"@type": "CorrectionComment", "text": "It was four.", "datePublished": "2016-02-02"}}</script></head></html>
        """;

    private const string Feed = """
        <feed xmlns="http://www.w3.org/2005/Atom"><title>Corrections</title><link href="https://gazette.example/corrections"/>
        <entry><id>tag:gazette.example,2016:9</id><title>Retraction: bridges</title><link rel="self" href="/c/9"/><link rel="related" href="/a"/><published>2016-03-03T00:00:00Z</published><content>We take it back.</content></entry>
        <entry><id>tag:gazette.example,2016:9</id><title>Retraction: bridges</title><link rel="self" href="/c/9"/><link rel="related" href="/a"/><published>2016-03-03T00:00:00Z</published><content>We take it back.</content></entry></feed>
        """;

    private const string Sheet = "Nr;Link;Headline;Was;Is;Sort;Day;Out\n1;https://desk.example/1;Cars;500 cars;400 cars;correction;05.08.2015;2015-08-01\n2;https://desk.example/2;Tea;;;;;2015\n";

    private static readonly string Mapping = "&mapping=" + Uri.EscapeDataString(
        """{"Nr": "id", "Link": "url", "Headline": "title", "Was": "before", "Is": "after", "Sort": "kind", "Day": {"field": "noticeDate", "format": "dd.MM.yyyy"}, "Out": "publishedAt"}""");

    [Fact]
    public async Task Newsroom_archives_are_recorded_once_and_known_since_their_publication()
    {
        await using var ledger = await RunningLedger.StartAsync();
        (string Format, string File, string More, long Recorded, long Refused)[] archives =
        [
            ("claimreview", Reviews, "", 3, 1), ("ninjs", Ninjs, "", 7, 0), ("newsml-g2", NewsMl, "", 3, 0), ("html", Page, "", 1, 0), ("feed", Feed, "", 1, 0), ("csv", Sheet, Mapping, 2, 0),
        ];
        foreach (var (format, file, more, recorded, refused) in archives)
        {
            var (answers, total) = await ImportAsync(ledger, format, file, more);
            (Count(total, "recorded"), Count(total, "refused")).ShouldBe((recorded, refused), $"{format}: {string.Join('\n', answers)}");
        }

        var head = await ledger.SettleAsync();
        foreach (var (format, file, more, _, refused) in archives)
        {
            var (answers, total) = await ImportAsync(ledger, format, file, more);
            (Count(total, "recorded"), Count(total, "refused")).ShouldBe((0, refused), $"{format}: {string.Join('\n', answers)}");
        }

        (await ledger.SettleAsync()).ShouldBe(head);

        await StandsAsync(ledger, "https://news.example/bread", ("2019-01", null), ("2019-02", "reported 0 rules"), ("2019-03", "reported 1 rules"), ("2019-05", "reported 2 rules"));
        await StandsAsync(ledger, "https://agency.example/1", ("2018-08-03T10:30:00Z", "reported"), ("2018-08-03T11:30:00Z", "corrected"), ("2018-08-03T12:30:00Z", "retracted"), ("2018-08-03T13:30:00Z", "corrected"));
        await StandsAsync(ledger, "https://agency.example/2", ("2018-09", Withheld));      // The agency killed it.
        await StandsAsync(ledger, "https://agency.example/3", ("2018-09", "reported"));
        await StandsAsync(ledger, "https://wire.example/1", ("2017-01-02", "reported"), ("2017-01-04", "corrected"), ("2017-01-06", "retracted"));
        await StandsAsync(ledger, "https://gazette.example/a", ("2016-01-15", "reported"), ("2016-02-15", "corrected"), ("2016-03-15", "retracted"));
        await StandsAsync(ledger, "https://desk.example/1", ("2015-07", null), ("2015-08-02", "reported"), ("2015-08-06", "corrected"));
    }

    /// <summary>In place of a label: access to the document is restricted.</summary>
    private const string Withheld = "withheld";

    /// <summary>The label of the document's one assertion at moments of the past, with the number of published reviews where that is asked for.</summary>
    private static async Task StandsAsync(RunningLedger ledger, string url, params (string KnownAt, string? Expected)[] moments)
    {
        foreach (var (knownAt, expected) in moments)
        {
            var (response, status) = await ledger.GetAsync($"/v1/status?url={Uri.EscapeDataString(url)}&knownAt={Uri.EscapeDataString(knownAt)}");
            if (expected is null or Withheld)
            {
                response.StatusCode.ShouldBe(expected is null ? HttpStatusCode.NotFound : HttpStatusCode.UnavailableForLegalReasons, $"{url} at {knownAt}: {status}");
                continue;
            }

            response.StatusCode.ShouldBe(HttpStatusCode.OK, $"{url} at {knownAt}: {status}");
            var assertion = status.GetProperty("documents")[0].GetProperty("assertions").EnumerateArray().ShouldHaveSingleItem();
            var found = assertion.GetProperty("label").GetString()!;
            if (expected.EndsWith("rules", StringComparison.Ordinal))
            {
                var (_, view) = await ledger.GetAsync($"/v1/assertions/{assertion.GetProperty("id").GetString()}?knownAt={Uri.EscapeDataString(knownAt)}");
                found += $" {view.GetProperty("standing").GetProperty("positions").EnumerateArray().Count(p => p.GetProperty("stance").GetString() == "rules")} rules";
            }

            found.ShouldBe(expected, $"{url} at {knownAt}");
        }
    }

    [Fact]
    public async Task Reviews_and_items_are_exported_as_they_were_imported()
    {
        await using var first = await RunningLedger.StartAsync();
        await ImportAsync(first, "claimreview", Reviews);
        await ImportAsync(first, "ninjs", Ninjs);
        await first.SettleAsync();
        var (reviews, items) = (await ExportAsync(first, "claimreview"), await ExportAsync(first, "ninjs"));
        ReviewsAreWhole(reviews);
        ItemsAreNinjs(items);

        await using var second = await RunningLedger.StartAsync();
        var (answers, total) = await ImportAsync(second, "claimreview", reviews);
        (Count(total, "recorded"), Count(total, "refused")).ShouldBe((3, 0), string.Join('\n', answers));
        (answers, total) = await ImportAsync(second, "ninjs", items);
        (Count(total, "recorded"), Count(total, "refused")).ShouldBe((5, 0), string.Join('\n', answers));
        await second.SettleAsync();
        Said(await ExportAsync(second, "claimreview")).ShouldBe(Said(reviews), ignoreOrder: true);
        (await ExportAsync(second, "ninjs")).ShouldBe(items);
        await StandsAsync(second, "https://agency.example/1", ("2018-08-03T10:30:00Z", "reported"), ("2018-08-03T11:30:00Z", "corrected"), ("2018-08-03T12:30:00Z", "retracted"), ("2018-08-03T13:30:00Z", "corrected"));
    }

    private static Task<string> ExportAsync(RunningLedger ledger, string format) => ledger.Public.GetStringAsync(new Uri($"/v1/export?format={format}", UriKind.Relative));

    private static void ReviewsAreWhole(string exported)
    {
        var reviews = JsonElement.Parse(exported).GetProperty("dataFeedElement").EnumerateArray().Select(e => e.GetProperty("item")).ToList();
        reviews.Count.ShouldBe(3);
        var bread = reviews.Single(r => r.GetProperty("url").GetString() == "https://checks.example/reviews/1");
        bread.GetProperty("reviewRating").GetProperty("alternateName").GetString().ShouldBe("Mostly wrong");
        bread.GetProperty("reviewRating").GetProperty("ratingExplanation").GetString().ShouldBe("It rose by a tenth.");
        bread.GetProperty("reviewBody").GetString().ShouldBe("We looked.");
        bread.GetProperty("author").GetProperty("name").GetString().ShouldBe("Example Checks");
        bread.GetProperty("itemReviewed").GetProperty("appearance").GetProperty("url").GetString().ShouldBe("https://news.example/bread");
        bread.GetProperty("itemReviewed").GetProperty("author")[0].GetProperty("name").GetString().ShouldBe("A. Speaker");
    }

    /// <summary>The requirements of ninjs 3 in our own words: no package that a build may fetch contains IPTC's schema.</summary>
    private static void ItemsAreNinjs(string exported)
    {
        string[] properties = ["standard", "uri", "type", "version", "firstCreated", "versionCreated", "pubStatus", "language", "headlines", "edNote", "altIds", "by", "subjects", "infoSources"];
        var items = JsonElement.Parse(exported).EnumerateArray().ToList();
        items.ShouldAllBe(i => i.EnumerateObject().All(p => properties.Contains(p.Name)) && Uri.IsWellFormedUriString(i.GetProperty("uri").GetString(), UriKind.Absolute));
        items.Select(i => (i.GetProperty("version").GetString(), i.GetProperty("pubStatus").GetString(), i.GetProperty("headlines")[0].GetProperty("value").GetString())).ShouldBe(
        [
            ("1", "usable", "Plant makes 500 cars"), ("2", "usable", "Plant makes 400 cars"), ("3", "canceled", "Plant makes 400 cars"), ("4", "usable", "Plant makes 400 cars"),
            ("1", "usable", "Held for an hour"),
        ]);
        items[1].GetProperty("edNote").GetString().ShouldBe("CORRECTS number");
        items[1].GetProperty("versionCreated").GetString().ShouldBe("2018-08-03T11:00:00Z");
    }

    /// <summary>What a feed says, without the ids and the times of recording that each ledger has of its own.</summary>
    private static List<string> Said(string feed) => [.. JsonElement.Parse(feed).GetProperty("dataFeedElement").EnumerateArray().Select(e =>
    {
        var item = System.Text.Json.Nodes.JsonNode.Parse(e.GetProperty("item").GetRawText())!.AsObject();
        item.Remove("@id");
        item["itemReviewed"]!.AsObject().Remove("@id");
        return item.ToJsonString();
    })];
}
