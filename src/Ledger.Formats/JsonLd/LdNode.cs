using System.Text.Json;

namespace Ledger.Formats;

/// <summary>
/// A JSON-LD value in the terms of schema.org. It hides the different forms that authors write: a text for an object, one value for a list,
/// with or without a prefix.
/// </summary>
/// <param name="Element">The JSON.</param>
internal readonly record struct LdNode(JsonElement Element)
{
    private static readonly string[] Prefixes = ["", "schema:", "https://schema.org/", "http://schema.org/"];

    internal bool IsObject => Element.ValueKind == JsonValueKind.Object;

    /// <summary>Its <c>@id</c>; null where it has none.</summary>
    internal string? Id => IsObject && Element.TryGetProperty("@id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    /// <summary>Whether it only refers to another node.</summary>
    internal bool IsReference => IsObject && Id is not null && Element.EnumerateObject().All(p => p.Name is "@id" or "@type");

    /// <summary>Its types, without prefixes.</summary>
    internal IEnumerable<string> Types => !IsObject || !Element.TryGetProperty("@type", out var type) ? []
        : type.ValueKind == JsonValueKind.String ? [Local(type.GetString()!)]
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => Local(t.GetString()!))
        : [];

    /// <summary>Its text: of a text the text itself, of an object its value or name. Null where it has none.</summary>
    internal string? Text => Element.ValueKind switch
    {
        JsonValueKind.String => Element.GetString(),
        JsonValueKind.Number => Element.GetRawText(),
        JsonValueKind.Object => Element.TryGetProperty("@value", out var value) ? new LdNode(value).Text : One("name")?.Text,
        _ => null,
    };

    internal bool Is(params ReadOnlySpan<string> types)
    {
        foreach (var type in Types)
        {
            if (types.Contains(type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The values of a property. A list gives its items.</summary>
    internal IEnumerable<LdNode> All(string property)
    {
        foreach (var prefix in Prefixes)
        {
            if (IsObject && Element.TryGetProperty(prefix + property, out var value))
            {
                return Items(value);
            }
        }

        return [];
    }

    /// <summary>The first value of a property.</summary>
    internal LdNode? One(string property) => All(property).Select(n => (LdNode?)n).FirstOrDefault();

    /// <summary>The first non-blank text of a property; null where there is none.</summary>
    internal string? TextOf(string property) => All(property).Select(n => n.Text).FirstOrDefault(t => !string.IsNullOrWhiteSpace(t));

    /// <summary>
    /// The identifiers of a thing, the address first: the value itself where it is an address, otherwise <c>url</c>, <c>@id</c>, <c>identifier</c> and
    /// <c>sameAs</c>.
    /// </summary>
    internal IReadOnlyList<string> Names()
    {
        if (!IsObject)
        {
            return IdentityNames.Of([Element.ValueKind == JsonValueKind.String ? Element.GetString() : null]);
        }

        var node = this;
        return IdentityNames.Of([.. AllTexts("url"), node.Id, .. AllTexts("identifier"), .. AllTexts("sameAs")]);
    }

    /// <summary>Its address as given; null where it has none.</summary>
    internal string? Address => Element.ValueKind == JsonValueKind.String ? Element.GetString() : AllTexts("url").FirstOrDefault() ?? Id;

    /// <summary>The wanted nodes within this node, itself included. The search does not look inside a wanted node.</summary>
    internal IEnumerable<LdNode> Find(Func<LdNode, bool> isWanted)
    {
        if (IsObject)
        {
            return isWanted(this) ? [this] : Element.EnumerateObject().SelectMany(p => new LdNode(p.Value).Find(isWanted));
        }

        return Element.ValueKind == JsonValueKind.Array ? Element.EnumerateArray().SelectMany(e => new LdNode(e).Find(isWanted)) : [];
    }

    private IEnumerable<string> AllTexts(string property) => All(property).Select(n => n.IsObject ? n.TextOf("url") ?? n.TextOf("value") ?? n.Id : n.Text).OfType<string>().Where(t => t.Length > 0);

    private static IEnumerable<LdNode> Items(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Items),
        JsonValueKind.Object when value.TryGetProperty("@list", out var list) || value.TryGetProperty("@set", out list) => Items(list),
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        _ => [new(value)],
    };

    private static string Local(string type) => type[(type.AsSpan().LastIndexOfAny('/', ':', '#') + 1)..];
}
