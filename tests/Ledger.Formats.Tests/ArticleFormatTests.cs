namespace Ledger.Formats.Tests;

public sealed class ArticleFormatTests
{
    private readonly ArticleFormat _format = new();

    [Fact]
    public async Task An_article_becomes_a_source_with_a_headline_and_corrections()
    {
        var record = await _format.ReadOneAsync("""
            <html><head><link rel=canonical href="https://news.example/a"><script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
             {"@type": "NewsMediaOrganization", "@id": "#org", "name": "The News", "url": "https://news.example/"},
             {"@type": ["NewsArticle"], "mainEntityOfPage": true, "headline": "Five &amp;amp; more", "datePublished": "2019-01-01T08:00:00+01:00", "dateModified": "2019-01-03",
              "author": [{"@type": "Person", "name": "Doe, Jane; Dr."}, "A. Nother"], "publisher": {"@id": "#org"}, "inLanguage": "en", "articleBody": "Text.",
              "correction": ["It was four.", {"@type": "CorrectionComment", "text": "It was <b>three</b>.", "datePublished": "2019-01-02", "url": "https://news.example/c/1"}, "https://news.example/c/2"]}]}
            </script></head></html>
            """);
        record.Only("recordClaim").Body("proposition").ShouldBe("Five & more");
        record.Only("recordClaim").Body("publishedAt").ShouldBe("2019-01-01T08:00:00+01:00");
        ((string)record.Only("recordClaim").Body["attribution"]![0]!["description"]!).ShouldBe("Doe, Jane; Dr.");
        record.Party(record.Only("registerSource").Body("publisher")!).ShouldBe("The News");
        record.Commands.Where(c => c.Command == "captureVersion").Select(c => (c.Body("edition"), c.Body("publishedAt"), c.Body("text"))).ShouldBe(
            [("online", "2019-01-01T08:00:00+01:00", null), ("revision", "2019-01-03", "Text.")]);
        record.Commands.Where(c => c.Command == "correctAssertion").Select(c => (c.Body("text"), c.Body("publishedAt"), c.Body("url"), c.Body("citation"))).ShouldBe(
        [
            ("It was four.", """{"value":"2019-01-03","basis":"inferred"}""", null, "https://news.example/a"),
            ("It was three.", "2019-01-02", "https://news.example/c/1", "https://news.example/a"),
        ]);
        record.Unclear.ShouldContain(f => f.Reason.Contains("https://news.example/c/2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_are_read_line_by_line_and_a_bad_page_does_not_stop_the_others()
    {
        static string Page(string url, string ld) => System.Text.Json.JsonSerializer.Serialize(new { url, html = $"<script type='application/ld+json'>{ld}</script>" });
        var records = await _format.ReadAsync(string.Join('\n', Page("https://n.example/1", """{"@type": "Article", "headline": "One"}"""), "{broken}",
            Page("https://n.example/3", """{"@type": "Recipe"}"""), Page("https://n.example/4", """{"@type": "Article"}"""), Page("https://n.example/5", """{"@type": "BlogPosting", "headline": "Five"}""")));
        records.Select(r => r.Refusal is null).ShouldBe([true, false, false, false, true]);
        records[0].Only("captureVersion").Body("publishedAt").ShouldBeNull();
        records[0].Only("registerSource").Body("publisher").ShouldBe(records[4].Only("registerSource").Body("publisher"));
    }

    [Fact]
    public async Task The_notice_of_a_feed_targets_the_claim_of_the_page()
    {
        var page = await _format.ReadOneAsync("<script type='application/ld+json'>{\"@type\": \"Article\", \"headline\": \"One\", \"url\": \"https://www.n.example/1/\"}</script>");
        var notice = await new FeedFormat().ReadOneAsync("<rss><channel><link>https://n.example</link><item><link>http://n.example/1?utm_source=rss</link><description>No.</description></item></channel></rss>");
        notice.Only("correctAssertion").Target.ShouldBe(page.Only("recordClaim").Body("id"));
        notice.Only("correctAssertion").Body("publisher").ShouldBe(page.Only("registerSource").Body("publisher"));
    }
}
