namespace Ledger.Formats.Tests;

public sealed class FeedFormatTests
{
    private readonly FeedFormat _format = new();

    [Fact]
    public async Task An_Atom_entry_becomes_a_notice_on_the_page_that_it_links_to()
    {
        var records = await _format.ReadAsync("""
            <?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Corrections</title><link rel="self" href="https://feeds.news.example/c.atom"/>
            <link href="https://www.news.example/corrections/"/><id>tag:news.example,2020:c</id>
            <entry><id>tag:news.example,2020:1</id><title type="html">Correction: &lt;b&gt;Bread&lt;/b&gt; &amp;amp; butter</title><link rel="self" href="/corrections/1"/><link rel="related" href="../bread"/>
            <published>2020-01-02T03:04:05Z</published><updated>2020-02-01T00:00:00Z</updated><content type="html">&lt;p&gt;An earlier version &lt;i&gt;misstated&lt;/i&gt; the price.&lt;/p&gt;</content></entry>
            <entry><id>tag:news.example,2020:2</id><title>Retraction: Milk</title><link href="https://news.example/milk"/><updated>2020-03-01</updated><summary>Taken back.</summary></entry></feed>
            """);
        var notice = records[0].Only("correctAssertion");
        (notice.Body("kind"), notice.Body("text"), notice.Body("url"), notice.Body("publishedAt")).ShouldBe(
            ("update", "An earlier version misstated the price.", "https://www.news.example/corrections/1", "2020-01-02T03:04:05Z"));
        records[0].Only("registerSource").Body("url").ShouldBe("https://www.news.example/bread");
        records[0].Only("recordClaim").Body("proposition").ShouldBe("Correction: Bread & butter");
        records[0].Party(notice.Body("publisher")!).ShouldBe("Corrections");
        var retraction = records[1].Only("retractAssertion");
        (retraction.Body("text"), retraction.Body("publishedAt")).ShouldBe(("Taken back.", """{"value":"2020-03-01","basis":"inferred"}"""));
        retraction.Body("publisher").ShouldBe(notice.Body("publisher"));
    }

    [Fact]
    public async Task RSS_is_read_with_its_dates_and_relative_links()
    {
        var records = await _format.ReadAsync("""
            <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>C &amp;amp; C</title><link>https://news.example/</link>
            <item><guid isPermaLink="false">17</guid><title>Clarification: x</title><link>/a</link><pubDate>Fri, 03 Aug 2018 14:05:00 EST</pubDate><description>D.</description><content:encoded><![CDATA[<p>Full.</p>]]></content:encoded></item>
            <item><guid>https://news.example/c/18</guid><link>/b</link><pubDate>Fri, 03 Aug 18 14:05 +0200</pubDate><description>Same.</description></item>
            <item><guid>https://news.example/c/18</guid><link>/b</link><pubDate>Fri, 03 Aug 18 14:05 +0200</pubDate><description>Same.</description></item>
            <item><guid>https://news.example/c/18</guid><link>/b</link><pubDate>yesterday</pubDate><description>Edited.</description></item>
            <item><description>About nothing.</description></item><item><link>https://other.example/x</link><description>Not ours.</description></item></channel></rss>
            """);
        var first = records[0].Only("correctAssertion");
        (first.Body("kind"), first.Body("text"), first.Body("publishedAt"), first.Body("citation")).ShouldBe(("clarification", "Full.", "2018-08-03T14:05:00-05:00", "17"));
        records[1].Only("correctAssertion").Body("publishedAt").ShouldBe("2018-08-03T14:05:00+02:00");
        records[2].Commands.Select(c => c.Key).ShouldBe(records[1].Commands.Select(c => c.Key));
        records[2].Unclear.ShouldContain(f => f.Field == "id");
        records[3].Only("correctAssertion").Key.ShouldNotBe(records[1].Only("correctAssertion").Key);
        records[3].Only("correctAssertion").Body("publishedAt").ShouldBeNull();
        records[3].Unclear.ShouldContain(f => f.Field == "published");
        records.Skip(4).Select(r => r.Refusal!.Field).ShouldBe(["link", "link"]);
        records[5].Refusal!.Reason.ShouldContain("only the publisher");
    }

    [Fact]
    public async Task A_JSON_Feed_is_read()
    {
        var records = await _format.ReadAsync("""
            {"version": "https://jsonfeed.org/version/1.1", "title": "Corrections", "home_page_url": "https://news.example/", "items": [
             {"id": "1", "url": "/c/1", "external_url": "/a", "content_html": "<p>It was <b>five</b>.</p>", "date_published": "2020-05-06T07:08:09+02:00", "tags": ["Expression of concern"]},
             {"id": 2, "url": "https://news.example/b", "title": "Update", "date_modified": "2020-05-07"}, 3]}
            """);
        var concern = records[0].Only("expressConcern");
        (concern.Body("text"), concern.Body("url")).ShouldBe(("It was five.", "https://news.example/c/1"));
        records[1].Only("correctAssertion").Body("url").ShouldBeNull();
        records[1].Only("correctAssertion").Body("citation").ShouldBe("https://news.example/b");
        records[2].Refusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task Links_are_resolved_against_the_address_of_the_file_when_the_feed_has_none()
    {
        const string rss = "<rss><channel><item><guid>x</guid><link>/a</link><description>D.</description></item></channel></rss>";
        (await _format.ReadOneAsync(rss)).Refusal!.Field.ShouldBe("link");
        var record = await _format.ReadOneAsync(rss, new() { BaseAddress = new("https://news.example/feed"), Publisher = "The News" });
        record.Only("registerSource").Body("url").ShouldBe("https://news.example/a");
        record.Party(record.Only("registerSource").Body("publisher")!).ShouldBe("The News");
    }

    [Fact]
    public async Task A_document_type_is_refused() =>
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x;</title></item></channel></rss>")))
            .Message.ShouldContain("DTD");
}
