using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>Maps one review to one record: the claim in its appearances (or, without any, as the review quotes it), and the position of the reviewer.</summary>
internal sealed class ReviewRecord(long number, LdItem item, LdNode review, ArchiveOptions options)
{
    /// <summary>The greatest number of appearances in one record. Each becomes a work and a claim.</summary>
    private const int AppearancesMax = 64;

    private readonly RecordBuilder _record = new(number, item.Line);

    internal ArchiveRecord Build()
    {
        var url = _record.Url(review.TextOf("url"), "url", item.Page ?? options.BaseAddress) ?? _record.Url(review.Id, "@id", item.Page) ?? item.Page?.ToString();
        var reviewed = Reviewed();
        var claim = _record.Text(PlainText.Of(review.TextOf("claimReviewed")) ?? (reviewed is { } r && r.Is("Claim") ? PlainText.Of(r.TextOf("text") ?? r.TextOf("name")) : null), "claimReviewed");
        _record.Name = url ?? claim;
        var rating = _record.Line(ReviewRating.Words(review, _record), "reviewRating");
        if (claim is null)
        {
            _record.Refuse("claimReviewed", "The review does not say which claim it is about.");
        }

        if (rating is null)
        {
            _record.Refuse("reviewRating", "The review has no rating, neither in words nor as a number; none is made up.");
        }

        if (url is null)
        {
            _record.Refuse("url", "The review has no address, so that nothing could be cited; give the address that the file was taken from.");
        }

        if (claim is not null && rating is not null && url is not null && !_record.IsRefused)
        {
            Map(url, claim, rating, reviewed);
        }

        return _record.Build();
    }

    /// <summary>The item that was reviewed; null where the review gives only the words of the claim.</summary>
    private LdNode? Reviewed()
    {
        if (review.All("itemReviewed").ToList() is not [var first, ..] all)
        {
            return null;
        }

        if (all.Count > 1)
        {
            _record.Unclear("itemReviewed", "It names several things; the first is taken for what was reviewed.");
        }

        if (item.Graph.Follow(first) is { } node)
        {
            return node.IsObject ? node : null;
        }

        _record.Unclear("itemReviewed", $"It names {first.Id}, which is not in the file, or too far from it.");
        return null;
    }

    private void Map(string url, string claim, string rating, LdNode? reviewed)
    {
        var published = _record.Time(review.TextOf("datePublished"), "datePublished");
        List<LdNode> authors = [.. item.Followed(review.All("author")), .. item.Followed(review.All("publisher"))];
        var reviewer = LdParties.Publisher(_record, authors, url, options, "author");
        if (reviewer is null)
        {
            return;
        }

        var claimed = _record.Time(reviewed?.TextOf("datePublished"), "itemReviewed.datePublished");
        var attribution = reviewed is { } r && item.Followed(r.All("author")).Select(a => LdParties.Attribution(_record, a, "originator", "itemReviewed.author")).OfType<JsonObject>().ToList() is { } chain ? chain : [];
        var names = reviewed is { } node && node.Is("Claim") && node.Id is { } id && IdentityNames.Of(id) is { } own ? [own] : Array.Empty<string>();
        var claims = Appearances(reviewed).Select((a, i) => Appeared(a, claim, attribution, i == 0 ? names : [], claimed, published)).OfType<string>().Distinct().ToList();
        if (claims.Count == 0)
        {
            claims = [Quoted(url, claim, reviewer, attribution, names, published)];
        }

        var identity = IdentityNames.Of(review.Id) ?? $"{IdentityNames.Of(url)}#{KeyParts.Hash(claim)}";
        var position = new JsonObject
        {
            ["party"] = reviewer, ["stance"] = "rules", ["rating"] = rating, ["url"] = url,
            ["statement"] = _record.Text(PlainText.Of(review.TextOf("reviewBody") ?? review.TextOf("description") ?? review.TextOf("headline")), "reviewBody"),
            ["ground"] = _record.Line(PlainText.Of(review.One("reviewRating") is { IsObject: true } rr ? rr.TextOf("ratingExplanation") : null), "reviewRating.ratingExplanation"),
            ["publishedAt"] = published,
        };
        var told = KeyParts.Hash(position.ToJsonString() + review.TextOf("dateModified"));
        foreach (var assertion in claims)
        {
            _record.Add("takePosition", assertion, $"claimreview:{identity}:{told}:{assertion}", (JsonObject)position.DeepClone());
        }

        if (options.InferLinks)
        {
            foreach (var other in claims.Skip(1))
            {
                _record.Add("linkAssertion", other, $"claimreview:{identity}:restates:{other}", new() { ["to"] = claims[0], ["relation"] = "restates", ["basis"] = "inferred" });
            }
        }
    }

    /// <summary>The appearances of the claim, beginning with the first. A work that was itself reviewed counts as an appearance.</summary>
    private List<LdNode> Appearances(LdNode? reviewed)
    {
        if (reviewed is not { } node)
        {
            return [];
        }

        List<LdNode> all = node.Is("Claim") || !node.Types.Any() ? [.. item.Followed(node.All("firstAppearance")), .. item.Followed(node.All("appearance"))] : [node];
        if (all.Count > AppearancesMax)
        {
            _record.Refuse("itemReviewed.appearance", $"It names more than {AppearancesMax} appearances.");
        }

        return all;
    }

    private string? Appeared(LdNode appearance, string claim, List<JsonObject> attribution, string[] names, string? claimed, string? reviewed)
    {
        if (_record.IsRefused || appearance.Address is null)
        {
            return null;
        }

        if (_record.Url(appearance.Address, "itemReviewed.appearance", item.Page) is not { } url || IdentityNames.Of(url) is not { } name)
        {
            return null;
        }

        List<LdNode> publishers = [.. item.Followed(appearance.All("publisher"))];
        if (LdParties.Publisher(_record, publishers, url, options with { Publisher = null }, "itemReviewed.appearance.publisher") is not { } publisher)
        {
            return null;
        }

        // Where only the review has a date, the claim was public by that date at the latest.
        var own = appearance.IsObject ? _record.Time(appearance.TextOf("datePublished"), "itemReviewed.appearance.datePublished") : null;
        var published = (JsonNode?)(own ?? claimed) ?? Dates.Inferred(reviewed);
        var title = _record.Line(PlainText.Of(appearance.IsObject ? appearance.TextOf("headline") ?? appearance.TextOf("name") : null), "itemReviewed.appearance.headline") ?? url;
        var source = _record.Source(new("source", [name]), publisher, new(KindOf(appearance), title, url) { PublishedAt = published, Language = Language(appearance) });
        return _record.Claim(new("assertion", [.. names, $"{name}#{KeyParts.Hash(claim)}"]), source, claim, new(Chain(attribution, publisher, "publisher")) { PublishedAt = published, Language = Language(review) });
    }

    /// <summary>Maps a claim without a known appearance, as the review itself quotes it.</summary>
    private string Quoted(string url, string claim, string reviewer, List<JsonObject> attribution, string[] names, string? published)
    {
        _record.Unclear("itemReviewed", "No appearance with an address is named: the claim is recorded as the review quotes it.");
        var title = _record.Line(PlainText.Of(review.TextOf("headline") ?? review.TextOf("name")), "headline") ?? url;
        var name = IdentityNames.Of(url)!;
        var source = _record.Source(new("source", [name]), reviewer, new("article", title, url) { PublishedAt = published, Language = Language(review) });
        return _record.Claim(new("assertion", [.. names, $"{name}#{KeyParts.Hash(claim)}"]), source, claim, new(Chain(attribution, reviewer, "relay"))
        {
            Part = "quote", PublishedAt = published, Language = Language(review),
        });
    }

    private static JsonArray Chain(List<JsonObject> attribution, string party, string role) => new(
    [
        .. attribution.Select(a => (JsonNode)a.DeepClone()),
        .. attribution.Exists(a => (string?)a["party"] == party) ? Array.Empty<JsonNode>() : [new JsonObject { ["party"] = party, ["role"] = role }],
    ]);

    private static string? Language(LdNode node) => node.IsObject && node.TextOf("inLanguage") is { Length: > 0 and <= 35 } language ? language : null;

    private static string KindOf(LdNode node) => node.Types.FirstOrDefault() switch
    {
        "SocialMediaPosting" => "post",
        "VideoObject" or "ImageObject" or "AudioObject" or "BroadcastEvent" => "broadcast",
        "Report" => "report",
        "Dataset" => "dataset",
        _ => "article",
    };
}
