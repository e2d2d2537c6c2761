using System.Text.Json.Nodes;

namespace Ledger.Server;

/// <summary>
/// Translates PROV-JSON into PROV-O, as JSON-LD with an inline context. Each record becomes a node. Each relation becomes a plain property. If it has
/// attributes of the ledger, it also becomes a qualified property.
/// </summary>
internal static class ProvLinkedData
{
    /// <summary>The profile that a client names to get this format instead of schema.org.</summary>
    internal const string Profile = "http://www.w3.org/ns/prov#";

    private static readonly (string Kind, string Type)[] Records = [("entity", "prov:Entity"), ("agent", "prov:Agent"), ("activity", "prov:Activity")];

    /// <summary>The relations, each with the attribute that names its subject and the attribute that names its object.</summary>
    private static readonly (string Kind, string From, string To)[] Relations =
    [
        ("wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"),
        ("wasAttributedTo", "prov:entity", "prov:agent"),
        ("wasAssociatedWith", "prov:activity", "prov:agent"),
        ("used", "prov:activity", "prov:entity"),
        ("wasInvalidatedBy", "prov:entity", "prov:activity"),
        ("specializationOf", "prov:specificEntity", "prov:generalEntity"),
    ];

    internal static JsonObject Of(JsonObject document)
    {
        var nodes = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (kind, type) in Records)
        {
            foreach (var (id, attributes) in document[kind]!.AsObject())
            {
                nodes[id] = Record(id, type, attributes!.AsObject());
            }
        }

        foreach (var (kind, from, to) in Relations)
        {
            foreach (var (_, relation) in document[kind]!.AsObject())
            {
                Relate(nodes, kind, relation!.AsObject(), from, to);
            }
        }

        return new()
        {
            ["@context"] = new JsonObject
            {
                ["prov"] = Profile, ["rdfs"] = "http://www.w3.org/2000/01/rdf-schema#", ["ledger"] = document["prefix"]!["ledger"]!.DeepClone(),
            },
            ["@graph"] = new JsonArray([.. nodes.Values]),
        };
    }

    private static JsonObject Record(string id, string type, JsonObject attributes)
    {
        var node = new JsonObject { ["@id"] = id, ["@type"] = new JsonArray(type, Type(attributes["prov:type"])) };
        foreach (var (name, value) in attributes.Where(a => a.Key != "prov:type"))
        {
            node[name == "prov:label" ? "rdfs:label" : name] = value!.DeepClone();
        }

        return node;
    }

    private static void Relate(Dictionary<string, JsonObject> nodes, string kind, JsonObject relation, string from, string to)
    {
        var (subject, far) = ((string)relation[from]!, (string)relation[to]!);
        var node = nodes.TryGetValue(subject, out var known) ? known : nodes[subject] = new() { ["@id"] = subject };
        var type = relation["prov:type"] is { } typed ? Type(typed) : null;
        Add(node, type switch { "prov:Quotation" => "prov:wasQuotedFrom", "prov:PrimarySource" => "prov:hadPrimarySource", _ => "prov:" + kind }, new() { ["@id"] = far });
        if (relation.Any(a => a.Key.StartsWith("ledger:", StringComparison.Ordinal)))
        {
            var qualified = new JsonObject { ["@type"] = type ?? "prov:Derivation", ["prov:entity"] = new JsonObject { ["@id"] = far } };
            foreach (var (name, value) in relation.Where(a => a.Key.StartsWith("ledger:", StringComparison.Ordinal)))
            {
                qualified[name] = value!.DeepClone();
            }

            Add(node, type switch { "prov:Quotation" => "prov:qualifiedQuotation", "prov:PrimarySource" => "prov:qualifiedPrimarySource", _ => "prov:qualifiedDerivation" }, qualified);
        }
    }

    private static void Add(JsonObject node, string property, JsonObject value)
    {
        if (node[property] is JsonArray values)
        {
            values.Add((JsonNode)value);
        }
        else
        {
            node[property] = new JsonArray(value);
        }
    }

    /// <summary>The name of a type. PROV-JSON writes it as an object with the name in <c>$</c>.</summary>
    private static string Type(JsonNode? type) => (string)type!["$"]!;
}
