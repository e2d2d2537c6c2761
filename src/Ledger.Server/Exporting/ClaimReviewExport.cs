using System.Text.Json.Nodes;
using Ledger.Domain;
using static Ledger.Server.JsonMembers;

namespace Ledger.Server;

/// <summary>
/// Published reviews as schema.org ClaimReview. Each review contains everything that it speaks of, so that other tools read it without asking the
/// ledger.
/// </summary>
/// <param name="sources">The works in which the claims stand, by id.</param>
/// <param name="parties">The parties that speak in them, by id.</param>
/// <param name="root">The base address of this ledger's resources.</param>
internal sealed class ClaimReviewExport(IReadOnlyDictionary<string, SourceView> sources, IReadOnlyDictionary<string, PartyView> parties, Uri root)
{
    /// <summary>
    /// The reviews of a page of assertions, in their order. Only positions that rule on the claim, with a rating and an address, are reviews.
    /// </summary>
    internal static async Task<IReadOnlyList<JsonObject>> OfAsync(ReadCall call, IReadOnlyList<Assertion> page, ReadPoint point)
    {
        List<Assertion> reviewed = [.. page.Where(s => Rulings(s).Any())];
        if (reviewed.Count == 0)
        {
            return [];
        }

        var sources = await SourceView.OfAsync(call, reviewed, point);
        string[] speakers =
        [
            .. reviewed.SelectMany(s => Rulings(s).Select(p => p.Event.Party).Concat(s.Content.Attribution.Select(a => a.Party).OfType<string>())).Concat(sources.Values.Select(s => s.Publisher))
                .Distinct(StringComparer.Ordinal),
        ];
        var parties = (await PartyView.AllAtAsync(call, speakers, point)).ToDictionary(p => p.Id, StringComparer.Ordinal);
        var export = new ClaimReviewExport(sources, parties, call.Root);
        return [.. reviewed.SelectMany(s => Rulings(s).Select(p => export.Item(s, p.Record, p.Event)))];
    }

    private static IEnumerable<(Recorded Record, PositionRecorded Event)> Rulings(Assertion state) =>
        from position in state.Entries.Standing<PositionRecorded>()
        where position.Event is { Stance: Stance.Rules, Rating: not null, Url: not null }
        select (position.Record, position.Event);

    private JsonObject Item(Assertion state, Recorded record, PositionRecorded position) => new()
    {
        ["@type"] = "DataFeedItem",
        ["dateModified"] = WireTime.Format(record.RecordedAt),
        ["item"] = Present(
            ("@type", "ClaimReview"), ("@id", new Uri(root, $"events/{record.Id}").ToString()), ("url", position.Url), ("claimReviewed", state.Content.Proposition),
            ("datePublished", position.PublishedAt is { Basis: Basis.Stated } at ? at.Value : null), ("inLanguage", state.Content.Language), ("author", Agent(position.Party)),
            ("reviewRating", Present(("@type", "Rating"), ("alternateName", position.Rating), ("ratingExplanation", position.Ground))), ("reviewBody", position.Statement),
            ("itemReviewed", Claim(state, position))),
    };

    private JsonObject Claim(Assertion state, PositionRecorded position)
    {
        var claim = ProvenanceGraph.Claim(state);
        var source = sources.GetValueOrDefault(claim.Source.Id);
        JsonNode[] authors = [.. state.Content.Attribution.Where(a => a.Role == "originator").Select(a => a.Party is { } party ? Agent(party) : Present(("name", a.Description)))];
        return Present(
            ("@type", "Claim"), ("@id", new Uri(root, $"assertions/{state.Id}").ToString()), ("author", authors.Length == 0 ? null : new JsonArray(authors)),
            ("datePublished", claim.PublishedAt is { Basis: Basis.Stated } at ? at.Value : null),
            ("appearance", source?.Url is null || DocumentUrl.Normalise(source.Url) == DocumentUrl.Normalise(position.Url) ? null : Present(
                ("@type", source.Kind switch { "post" => "SocialMediaPosting", "broadcast" => "VideoObject", "report" => "Report", "dataset" => "Dataset", _ => "Article" }),
                ("url", source.Url), ("headline", source.Title == source.Url ? null : source.Title), ("inLanguage", source.Language), ("publisher", Agent(source.Publisher)))));
    }

    /// <summary>A party by its name and by the addresses that it is known by.</summary>
    private JsonObject Agent(string id)
    {
        if (!parties.TryGetValue(id, out var party))
        {
            return Present(("@type", "Organization"), ("@id", new Uri(root, $"parties/{id}").ToString()));
        }

        string[] addresses = [.. party.Aliases.Where(a => DocumentUrl.Normalise(a) is not null)];
        return Present(
            ("@type", party.Kind switch { "person" => "Person", "government" => "GovernmentOrganization", "publisher" => "NewsMediaOrganization", _ => "Organization" }),
            ("name", party.Name), ("url", addresses.FirstOrDefault()), ("sameAs", addresses.Length > 1 ? new JsonArray([.. addresses.Skip(1).Select(a => (JsonNode)a)]) : null));
    }
}
