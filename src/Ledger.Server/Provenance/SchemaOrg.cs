using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Assertions, sources and parties in the terms of schema.org: a Claim, a NewsArticle with its corrections, and a ClaimReview only for a published review.
/// </summary>
internal static class SchemaOrg
{
    /// <summary>The context is given by reference, because every term and type used here is one of schema.org.</summary>
    internal const string Context = "https://schema.org";

    internal static JsonObject Graph(ProvenanceGraph graph, Uri root) => new()
    {
        ["@context"] = Context,
        ["@graph"] = new JsonArray(
        [
            .. graph.Assertions.Select(a => Claim(a, root)),
            .. graph.Assertions.SelectMany(a => Reviews(a, root)),
            .. graph.Sources.SelectMany(s => Articles(s, graph.Assertions, root)),
            .. graph.Parties.Select(p => Agent(p, root)),
        ]),
    };

    /// <summary>One assertion with its reviews, for its page.</summary>
    internal static JsonObject Page(Assertion state, Uri root) => new()
    {
        ["@context"] = Context,
        ["@graph"] = new JsonArray([Claim(state, root), .. Reviews(state, root)]),
    };

    internal static JsonObject Claim(Assertion state, Uri root)
    {
        var claim = ProvenanceGraph.Claim(state);
        var node = new JsonObject
        {
            ["@type"] = "Claim",
            ["@id"] = AssertionId(state.Id, root),
            ["text"] = state.Content.Proposition,
            ["appearance"] = Reference(VersionId(claim.Source.Id, claim.Source.Version, root)),
            ["claimInterpreter"] = Reference(PartyId(claim.Publisher, root)),
            ["creativeWorkStatus"] = StandingLabel.Of(state).Label,
        };
        Set(node, "inLanguage", state.Content.Language);
        Set(node, "datePublished", claim.PublishedAt?.Value);
        if (state.Content.Attribution is [{ Party: { } author }, ..])
        {
            node["author"] = Reference(PartyId(author, root));
        }

        var basis = state.Entries.Standing<Linked>().Where(l => l.Event is { SupersededBy: null, Relation: Relation.DerivedFrom or Relation.Restates, To.Assertion: not null })
            .Select(l => (JsonNode)Reference(AssertionId(l.Event.To.Assertion!, root))).ToArray();
        if (basis.Length > 0)
        {
            node["isBasedOn"] = new JsonArray(basis);
        }

        return node;
    }

    /// <summary>
    /// A review is only what somebody published as a review, with the rating in the reviewer's own words. No review is ever derived from other positions.
    /// </summary>
    internal static IEnumerable<JsonObject> Reviews(Assertion state, Uri root) =>
        from position in state.Entries.Standing<PositionRecorded>()
        where position.Event is { Stance: Stance.Rules, Rating: not null, Url: not null }
        select new JsonObject
        {
            ["@type"] = "ClaimReview",
            ["@id"] = new Uri(root, $"events/{position.Record.Id}").ToString(),
            ["claimReviewed"] = state.Content.Proposition,
            ["itemReviewed"] = Reference(AssertionId(state.Id, root)),
            ["author"] = Reference(PartyId(position.Event.Party, root)),
            ["url"] = position.Event.Url,
            ["reviewRating"] = new JsonObject { ["@type"] = "Rating", ["alternateName"] = position.Event.Rating },
        };

    internal static IEnumerable<JsonObject> Articles(SourceView source, IEnumerable<Assertion> assertions, Uri root)
    {
        foreach (var version in source.Versions)
        {
            var node = new JsonObject
            {
                ["@type"] = source.Kind == "article" ? "NewsArticle" : "CreativeWork",
                ["@id"] = VersionId(source.Id, version.Version, root),
                ["headline"] = source.Title,
                ["version"] = version.Version.ToString(CultureInfo.InvariantCulture),
                ["publisher"] = Reference(PartyId(source.Publisher, root)),
            };
            Set(node, "url", version.Url ?? source.Url);
            Set(node, "inLanguage", source.Language);
            Set(node, "datePublished", version.PublishedAt?.Value);
            JsonNode[] corrections =
            [
                .. from state in assertions
                   where ProvenanceGraph.Claim(state).Source == new SourceVersion(source.Id, version.Version)
                   from correction in state.Corrections
                   select Correction(correction, (CorrectionIssued)correction.Event, state.Id, root),
            ];
            if (corrections.Length > 0)
            {
                node["correction"] = new JsonArray(corrections);
            }

            JsonNode[] basis = [.. version.BasedOn.Select(b => Reference(b.Version is { } n ? VersionId(b.Source, n, root) : new Uri(root, $"sources/{b.Source}").ToString()))];
            if (basis.Length > 0)
            {
                node["isBasedOn"] = new JsonArray(basis);
            }

            yield return node;
        }
    }

    internal static JsonObject Agent(PartyView party, Uri root) => new()
    {
        ["@type"] = party.Kind == "person" ? "Person" : "Organization",
        ["@id"] = PartyId(party.Id, root),
        ["name"] = party.Name,
    };

    private static JsonObject Correction(Recorded record, CorrectionIssued correction, string assertion, Uri root)
    {
        var node = new JsonObject
        {
            ["@type"] = "CorrectionComment",
            ["@id"] = new Uri(root, $"events/{record.Id}").ToString(),
            ["text"] = correction.Notice.Text,
            ["about"] = Reference(AssertionId(assertion, root)),
        };
        Set(node, "url", correction.Notice.Url);
        Set(node, "datePublished", correction.PublishedAt?.Value);
        return node;
    }

    private static JsonObject Reference(string id) => new() { ["@id"] = id };

    private static void Set(JsonObject node, string name, string? value)
    {
        if (value is not null)
        {
            node[name] = value;
        }
    }

    private static string AssertionId(string id, Uri root) => new Uri(root, $"assertions/{id}").ToString();

    private static string VersionId(string source, int version, Uri root) =>
        new Uri(root, string.Create(CultureInfo.InvariantCulture, $"sources/{source}/versions/{version}")).ToString();

    private static string PartyId(string id, Uri root) => new Uri(root, $"parties/{id}").ToString();
}
