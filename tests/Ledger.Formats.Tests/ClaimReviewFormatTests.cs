namespace Ledger.Formats.Tests;

public sealed class ClaimReviewFormatTests
{
    private const string Whole = """
        {"@context": "https://schema.org", "@type": "ClaimReview", "@id": "https://checks.example/r/1", "url": "https://checks.example/reviews/1",
         "claimReviewed": "Bread has &amp;quot;doubled&amp;quot; in price.", "datePublished": "2019-03-02", "inLanguage": "en",
         "author": {"@type": "Organization", "name": "Example Checks", "url": "https://checks.example/"},
         "reviewRating": {"@type": "Rating", "ratingValue": "2", "worstRating": "1", "bestRating": "5", "alternateName": "Mostly wrong", "ratingExplanation": "It rose by a tenth."},
         "itemReviewed": {"@type": "Claim", "@id": "https://checks.example/c/1", "author": {"@type": "Person", "name": "A. Speaker", "sameAs": "https://people.example/speaker"},
           "datePublished": "2019-02", "appearance": [{"@type": "NewsArticle", "url": "https://www.news.example/bread?utm_source=x", "headline": "Bread &amp; butter",
             "publisher": {"@type": "NewsMediaOrganization", "name": "The News"}}, "https://social.example/p/1"]}}
        """;

    private readonly ClaimReviewFormat _format = new();

    [Fact]
    public async Task A_review_becomes_a_position_on_the_claim_at_each_of_its_appearances()
    {
        var record = await _format.ReadOneAsync(Whole);
        record.Refusal.ShouldBeNull();
        record.Unclear.ShouldBeEmpty();
        var claims = record.Commands.Where(c => c.Command == "recordClaim").ToList();
        claims.Select(c => c.Body("proposition")).ShouldBe(["Bread has \"doubled\" in price.", "Bread has \"doubled\" in price."]);
        claims.ShouldAllBe(c => c.Body("publishedAt") == "2019-02");
        record.Party((string)claims[0].Body["attribution"]![0]!["party"]!).ShouldBe("A. Speaker");
        record.Party((string)claims[0].Body["attribution"]![1]!["party"]!).ShouldBe("The News");
        record.Identities[claims[0].Body("id")!].Names[0].ShouldBe("https://checks.example/c/1");

        var sources = record.Commands.Where(c => c.Command == "registerSource").ToList();
        sources.Select(s => (s.Body("kind"), s.Body("title"), s.Body("url"))).ShouldBe(
            [("article", "Bread & butter", "https://www.news.example/bread?utm_source=x"), ("article", "https://social.example/p/1", "https://social.example/p/1")]);
        record.Identities[sources[0].Body("id")!].Names.ShouldBe(["https://news.example/bread"]);

        var positions = record.Commands.Where(c => c.Command == "takePosition").ToList();
        positions.Select(p => p.Target).ShouldBe(claims.Select(c => c.Body("id")));
        positions.ShouldAllBe(p => p.Body("stance") == "rules" && p.Body("rating") == "Mostly wrong" && p.Body("url") == "https://checks.example/reviews/1"
            && p.Body("publishedAt") == "2019-03-02" && p.Body("ground") == "It rose by a tenth.");
        record.Party(positions[0].Body("party")!).ShouldBe("Example Checks");
        record.Commands.ShouldNotContain(c => c.Command == "linkAssertion");
    }

    [Fact]
    public async Task Restated_claims_are_linked_only_on_request()
    {
        var link = (await _format.ReadOneAsync(Whole, new() { InferLinks = true })).Only("linkAssertion");
        (link.Body("relation"), link.Body("basis")).ShouldBe(("restates", "inferred"));
    }

    [Fact]
    public async Task The_same_review_has_the_same_keys_in_every_kind_of_file()
    {
        var expected = (await _format.ReadOneAsync(Whole)).Commands.Select(c => c.Key).ToList();
        var flat = Whole.ReplaceLineEndings(" ");
        string[] files =
        [
            $"[{Whole}]", $"[\n{Whole}\n,\n{Whole}\n]", flat + "\n" + flat, $$"""{"@context": "https://schema.org", "@graph": [{{Whole}}]}""",
            $$"""{"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": {{Whole}}}]}""",
            $$"""{"@type": "Article", "review": {{Whole}}}""", $"<html><head><script type='application/ld+json'>{Whole}</script></head></html>",
            $"<html><head><script type='application/ld+json; charset=utf-8'><!-- [{Whole}] --></script></head></html>",
        ];
        foreach (var file in files)
        {
            foreach (var record in await _format.ReadAsync(file))
            {
                record.Commands.Select(c => c.Key).ShouldBe(expected, file);
            }
        }
    }

    [Fact]
    public async Task An_edited_review_is_a_new_position_under_another_key()
    {
        var (first, second) = (await _format.ReadOneAsync(Whole), await _format.ReadOneAsync(Whole.Replace("Mostly wrong", "Wrong", StringComparison.Ordinal)));
        second.Commands.Select(c => c.Key).Except(first.Commands.Select(c => c.Key)).Count().ShouldBe(2);
        second.Commands.Where(c => c.Command == "recordClaim").Select(c => c.Key).ShouldBe(first.Commands.Where(c => c.Command == "recordClaim").Select(c => c.Key));
    }

    [Theory]
    [InlineData("""{"ratingValue": 2, "worstRating": 1, "bestRating": 5}""", "2 (worst 1, best 5)", null)]
    [InlineData("""{"ratingValue": "9", "worstRating": "1", "bestRating": "5"}""", "9 (worst 1, best 5)", "outside of its own range")]
    [InlineData("""{"ratingValue": 3}""", "3", "no whole range")]
    [InlineData("""{"ratingValue": "False"}""", "False", null)]
    [InlineData("""{"ratingValue": -1, "worstRating": 1, "bestRating": 5, "alternateName": "No evidence"}""", "No evidence", "outside of its own range")]
    [InlineData("\"Pants &amp; fire\"", "Pants & fire", null)]
    [InlineData("4", "4", "no whole range")]
    public async Task A_rating_keeps_its_own_words(string rating, string expected, string? doubt)
    {
        var record = await _format.ReadOneAsync(Review($"\"reviewRating\": {rating}"));
        record.Only("takePosition").Body("rating").ShouldBe(expected);
        record.Unclear.Where(f => f.Field == "reviewRating").Select(f => f.Reason).SingleOrDefault()?.ShouldContain(doubt!);
        record.Unclear.Any(f => f.Field == "reviewRating").ShouldBe(doubt is not null);
    }

    [Theory]
    [InlineData("\"2019-03-02\"", "2019-03-02", false)]
    [InlineData("\"2019-03\"", "2019-03", false)]
    [InlineData("\"2019-03-02T10:11:12+01:00\"", "2019-03-02T10:11:12+01:00", false)]
    [InlineData("\"2019-03-02T10:11Z\"", "2019-03-02T10:11:00Z", false)]
    [InlineData("\"2019-03-02T10:11:12\"", "2019-03-02", true)]
    [InlineData("\"March 2\"", null, true)]
    [InlineData("\"2019-02-30\"", null, true)]
    [InlineData("null", null, false)]
    public async Task A_date_stays_as_it_was_given(string date, string? expected, bool isUnclear)
    {
        var record = await _format.ReadOneAsync(Review($"\"datePublished\": {date}"));
        record.Only("takePosition").Body("publishedAt").ShouldBe(expected);
        record.Unclear.Any(f => f.Field == "datePublished").ShouldBe(isUnclear);
    }

    [Fact]
    public async Task Authors_may_be_texts_objects_or_lists()
    {
        var text = await _format.ReadOneAsync(Review("\"author\": \"Example Checks\""));
        var list = await _format.ReadOneAsync(Review("\"author\": [{\"@type\": \"Person\", \"name\": \"J. Doe\"}, {\"@type\": \"Organization\", \"name\": \"Example Checks\"}]"));
        var person = await _format.ReadOneAsync(Review("\"author\": {\"@type\": \"Person\", \"name\": \"J. Doe\"}"));
        foreach (var record in (ArchiveRecord[])[text, list])
        {
            record.Party(record.Only("takePosition").Body("party")!).ShouldBe("Example Checks");
        }

        person.Party(person.Only("takePosition").Body("party")!).ShouldBe("checks.example");
        person.Unclear.ShouldContain(f => f.Field == "author" && f.Reason.Contains("J. Doe", StringComparison.Ordinal));
        new[] { text, list, person }.Select(r => r.Only("takePosition").Body("party")).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_reviewed_work_counts_as_its_own_appearance()
    {
        var record = await _format.ReadOneAsync(Review(
            """ "itemReviewed": {"@type": "CreativeWork", "url": "https://news.example/x", "author": "Jane Doe, Jr.", "datePublished": "2019-01-05"} """));
        record.Only("recordClaim").Body("attribution").ShouldBe(
            $$"""[{"description":"Jane Doe, Jr.","role":"originator"},{"party":"{{new Identity("party", ["https://news.example"]).Id}}","role":"publisher"}]""");
        record.Only("captureVersion").Body("publishedAt").ShouldBe("2019-01-05");
    }

    [Theory]
    [InlineData("\"itemReviewed\": null")]
    [InlineData("\"itemReviewed\": {\"@type\": \"Claim\", \"author\": {\"name\": \"A. Speaker\"}}")]
    [InlineData("\"itemReviewed\": {\"@id\": \"#gone\"}")]
    public async Task A_claim_without_an_appearance_is_recorded_as_the_review_quotes_it(string reviewed)
    {
        var record = await _format.ReadOneAsync(Review(reviewed));
        record.Only("registerSource").Body("url").ShouldBe("https://checks.example/1");
        record.Only("recordClaim").Body("part").ShouldBe("quote");
        record.Unclear.ShouldContain(f => f.Field == "itemReviewed");
    }

    [Fact]
    public async Task Several_reviews_of_one_claim_target_the_same_assertion()
    {
        const string claim = """{"@id": "https://c.example/1", "@type": "Claim", "appearance": {"url": "https://news.example/x"}}""";
        var records = await _format.ReadAsync($$$"""
            {"@graph": [{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "So it is.", "reviewRating": "No", "itemReviewed": {"@id": "https://c.example/1"}},
             {{{claim}}},
             {"@type": "ClaimReview", "url": "https://b.example/1", "claimReviewed": "So it is!", "reviewRating": "Yes", "itemReviewed": {"@id": "https://c.example/1"}}]}
            """);
        records.Select(r => r.Commands.Count > 0).ShouldBe([true, false, true]);
        records[0].Only("takePosition").Target.ShouldBe(records[2].Only("takePosition").Target);
        records[0].Only("takePosition").Body("party").ShouldNotBe(records[2].Only("takePosition").Body("party"));
    }

    [Fact]
    public async Task An_id_inside_one_document_is_not_known_in_the_next_document()
    {
        static string Line(string url, string appearance) => $$$"""
            {"@graph": [{"@type": "ClaimReview", "url": "{{{url}}}", "claimReviewed": "So.", "reviewRating": "No", "itemReviewed": {"@id": "#c"}}, {"@id": "#c", "@type": "Claim", "appearance": "{{{appearance}}}"}]}
            """.ReplaceLineEndings("");
        var records = await _format.ReadAsync(Line("https://a.example/1", "https://x.example/1") + "\n" + Line("https://a.example/2", "https://x.example/2") + "\n");
        records.Where(r => r.Commands.Count > 0).Select(r => r.Only("registerSource").Body("url")).ShouldBe(["https://x.example/1", "https://x.example/2"]);
    }

    [Fact]
    public async Task Microdata_is_read()
    {
        var record = await _format.ReadOneAsync("""
            <!doctype html><link rel="canonical" href="/reviews/7"><div itemscope itemtype="https://schema.org/ClaimReview">
            <meta itemprop="datePublished" content="2020-05-06"><h1 itemprop="claimReviewed">The sea &lt; the sky</h1>
            <span itemprop="author" itemscope itemtype="https://schema.org/Organization"><span itemprop="name">Example Checks</span></span>
            <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating"><b itemprop="alternateName">Not so</b></div>
            <div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim"><a itemprop="appearance" href="https://news.example/sea">there</a></div></div>
            """, new() { BaseAddress = new("https://checks.example/x") });
        var position = record.Only("takePosition");
        (position.Body("url"), position.Body("rating"), position.Body("publishedAt")).ShouldBe(("https://checks.example/reviews/7", "Not so", "2020-05-06"));
        record.Only("recordClaim").Body("proposition").ShouldBe("The sea < the sky");
        record.Only("registerSource").Body("url").ShouldBe("https://news.example/sea");
    }

    [Fact]
    public async Task A_file_may_hold_one_page_per_line()
    {
        var records = await _format.ReadAsync(
            """{"url": "https://checks.example/1", "html": "<meta charset=latin1><script type='application/ld+json'>{\"@type\":\"ClaimReview\",\"claimReviewed\":\"Ä.\",\"reviewRating\":\"No\"}</script>"}"""
            + "\n" + """{"url": "https://checks.example/2", "html": "<p>nothing</p>"}""" + "\n" + """{"url": "https://checks.example/3", "html": "<script type='application/ld+json'>{nonsense</script>"}""");
        records[0].Only("recordClaim").Body("proposition").ShouldBe("Ä.");
        records[0].Only("takePosition").Body("url").ShouldBe("https://checks.example/1");
        records[1].Refusal!.Reason.ShouldContain("no ClaimReview");
        records[2].Refusal!.Reason.ShouldContain("no valid JSON");
        records.Select(r => r.Line).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_review_that_cannot_be_recorded_is_refused_with_a_reason_and_the_next_is_read()
    {
        string[] lines =
        [
            """{"@type": "ClaimReview", "url": "https://a.example/1", "reviewRating": "No"}""",
            """{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "So."}""",
            """{"@type": "ClaimReview", "claimReviewed": "So.", "reviewRating": "No"}""",
            """{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "So.", "reviewRating": "No",,}""",
            """{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "S\ud800", "reviewRating": "No"}""",
            $$"""{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "{{new string('x', 10_001)}}", "reviewRating": "No"}""",
            $$"""{"x": {{new string('[', 10_000)}}{{new string(']', 10_000)}}}""",
            """{"@type": "ClaimReview", "url": "https://a.example/1", "claimReviewed": "So.", "reviewRating": "No"}""",
        ];
        var records = await _format.ReadAsync(string.Join('\n', lines));
        records.Select(r => r.Refusal?.Field ?? r.Refusal?.Reason[..12]).ShouldBe(
            ["claimReviewed", "reviewRating", "url", "It is no val", "It holds inv", "claimReviewed", "It is no val", null]);
        records[7].Line.ShouldBe(8);
    }

    [Fact]
    public async Task Hostile_input_takes_bounded_memory()
    {
        using var endless = new RepeatedStream("{\"@type\": \"ClaimReview\", \"claimReviewed\": \""u8.ToArray(), (byte)'x', 1L << 27);
        var before = GC.GetTotalAllocatedBytes();
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync(endless))).Message.ShouldContain("ends inside a value");
        using var deep = new RepeatedStream([], (byte)'[', 1L << 27);
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync(deep))).Message.ShouldContain("ends inside");
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(400L << 20);
        using var page = new RepeatedStream("<html>"u8.ToArray(), (byte)'x', 1L << 27);
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync(page))).Message.ShouldContain("more than 16777216 bytes");
        (await _format.ReadOneAsync($"<html>{string.Concat(Enumerable.Repeat("<div>", 50_000))}")).Refusal!.Reason.ShouldContain("nest deeper");
        (await _format.ReadOneAsync($"<html>{new string('x', 5 << 20)}")).Refusal!.Reason.ShouldContain("more than 4194304 bytes");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync("a,b\n1,2\n"))).Message.ShouldContain("no JSON");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync(""))).Message.ShouldContain("empty");
    }

    private static string Review(string more) =>
        $$"""{"@type": ["Review", "schema:ClaimReview"], "url": "https://checks.example/1", "claimReviewed": "So it is.", {{(more.Contains("reviewRating", StringComparison.Ordinal) ? "" : "\"reviewRating\": \"No\",")}} {{more}}}""";
}
