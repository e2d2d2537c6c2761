using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The graph as PROV-JSON (W3C member submission of 24 April 2013): assertions, sources and source versions are entities, parties are agents, and notices
/// are activities. Links become derivations, and attributions stay attributions.
/// </summary>
internal static class ProvDocument
{
    internal static JsonObject Of(ProvenanceGraph graph, Uri root)
    {
        var entities = new JsonObject();
        var attributed = new JsonObject();
        var activities = new JsonObject();
        var associated = new JsonObject();
        var used = new JsonObject();
        var invalidated = new JsonObject();
        foreach (var state in graph.Assertions)
        {
            var id = Name(Ids.AssertionStream(state.Id));
            entities[id] = new JsonObject { ["prov:type"] = QualifiedName("ledger:assertion"), ["prov:value"] = state.Content.Proposition, ["prov:label"] = StandingLabel.Of(state).Label };
            foreach (var notice in state.Corrections.Concat(state.Entries.Open.Values.Select(e => e.Record)))
            {
                if (PublisherOf(notice.Event) is not { } publisher)
                {
                    continue;
                }

                var act = $"ledger:event-{notice.Id}";
                activities[act] = new JsonObject { ["prov:type"] = QualifiedName("ledger:" + EventTypes.NameOf(notice.Event)) };
                associated[Blank(associated)] = new JsonObject { ["prov:activity"] = act, ["prov:agent"] = Name(Ids.PartyStream(publisher)) };
                if (notice.Event is RetractionIssued { Extent: Extent.Full })
                {
                    invalidated[Blank(invalidated)] = new JsonObject { ["prov:entity"] = id, ["prov:activity"] = act };
                }
                else
                {
                    used[Blank(used)] = new JsonObject { ["prov:activity"] = act, ["prov:entity"] = id };
                }
            }
        }

        var specialised = new JsonObject();
        foreach (var source in graph.Sources)
        {
            entities[Name(Ids.SourceStream(source.Id))] = new JsonObject { ["prov:type"] = QualifiedName("ledger:source"), ["prov:label"] = source.Title };
            foreach (var version in source.Versions)
            {
                entities[VersionName(source.Id, version.Version)] = new JsonObject { ["prov:type"] = QualifiedName("ledger:sourceVersion"), ["ledger:edition"] = version.Edition };
                specialised[Blank(specialised)] = new JsonObject
                {
                    ["prov:specificEntity"] = VersionName(source.Id, version.Version), ["prov:generalEntity"] = Name(Ids.SourceStream(source.Id)),
                };
            }
        }

        var derived = new JsonObject();
        foreach (var edge in graph.Edges)
        {
            switch (edge.Relation)
            {
                case "attributedTo" or "publishedBy" when edge.To.StartsWith("party-", StringComparison.Ordinal):
                    attributed[Blank(attributed)] = new JsonObject { ["prov:entity"] = Name(edge.From), ["prov:agent"] = Name(edge.To) };
                    break;
                case "appearsIn":
                    derived[Blank(derived)] = Derivation(edge.From, VersionName(edge.Version!.Source, edge.Version.Version ?? 0), edge, "prov:PrimarySource");
                    break;
                case "restates" or "derivedFrom" or "quotes" or "reports" or "syndicates" or "translates" or "edition":
                    derived[Blank(derived)] = Derivation(edge.From, Name(edge.To), edge, edge.Relation == "quotes" ? "prov:Quotation" : null);
                    break;
                default:
                    break; // PROV has no word for contradiction, narrowing or a description.
            }
        }

        var agents = new JsonObject();
        foreach (var party in graph.Parties)
        {
            agents[Name(Ids.PartyStream(party.Id))] = new JsonObject
            {
                ["prov:type"] = QualifiedName(party.Kind == "person" ? "prov:Person" : "prov:Organization"), ["prov:label"] = party.Name,
            };
        }

        return new()
        {
            ["prefix"] = new JsonObject { ["ledger"] = root.ToString() },
            ["entity"] = entities, ["agent"] = agents, ["activity"] = activities, ["wasDerivedFrom"] = derived, ["wasAttributedTo"] = attributed,
            ["wasAssociatedWith"] = associated, ["used"] = used, ["wasInvalidatedBy"] = invalidated, ["specializationOf"] = specialised,
        };
    }

    private static JsonObject Derivation(string from, string to, ProvenanceEdge edge, string? type)
    {
        var node = new JsonObject { ["prov:generatedEntity"] = Name(from), ["prov:usedEntity"] = to, ["ledger:relation"] = edge.Relation };
        if (type is not null)
        {
            node["prov:type"] = QualifiedName(type);
        }

        if (edge.Basis is { } basis)
        {
            node["ledger:basis"] = basis == Basis.Stated ? "stated" : "inferred";
        }

        return node;
    }

    private static string? PublisherOf(LedgerEvent e) => e switch
    {
        CorrectionIssued c => c.Publisher,
        RetractionIssued r => r.Publisher,
        ConcernExpressed c => c.Publisher,
        _ => null,
    };

    private static JsonObject QualifiedName(string name) => new() { ["$"] = name, ["type"] = "prov:QUALIFIED_NAME" };

    private static string Name(string stream) => "ledger:" + stream;

    private static string VersionName(string source, int version) => string.Create(CultureInfo.InvariantCulture, $"ledger:source-{source}.{version}");

    private static string Blank(JsonObject of) => string.Create(CultureInfo.InvariantCulture, $"_:r{of.Count + 1}");
}
