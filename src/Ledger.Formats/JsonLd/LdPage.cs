using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>The machine-readable content of an HTML page: its JSON-LD and its microdata.</summary>
/// <param name="Address">Its own address; null where it is unknown.</param>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Problems">The scripts that cannot be read.</param>
internal sealed record LdPage(Uri? Address, IReadOnlyList<LdNode> Nodes, IReadOnlyList<Finding> Problems)
{
    /// <summary>The greatest size of a page, in bytes. Its tree takes about a hundred times as much memory.</summary>
    private const int BytesMax = 4 << 20;

    private const int DepthMax = 32;

    /// <summary>Reads a page.</summary>
    /// <param name="html">The bytes. Their encoding is detected as browsers do it.</param>
    /// <param name="address">The address from which the page was taken; null where it is unknown.</param>
    internal static LdPage Read(byte[] html, Uri? address)
    {
        if (html.Length > BytesMax)
        {
            return new(address, [], [new(null, $"The page has more than {BytesMax} bytes.")]);
        }

        if (HtmlDepth.IsBeyond(html))
        {
            return new(address, [], [new(null, $"Its elements nest deeper than {HtmlDepth.Max} levels.")]);
        }

        using var page = new HtmlParser().ParseDocument(new MemoryStream(html));
        var (nodes, problems) = (new List<LdNode>(), new List<Finding>());

        var canonical = page.QuerySelector("link[rel~=canonical]")?.GetAttribute("href");
        if (canonical is not null && (address is null ? Uri.TryCreate(canonical, UriKind.Absolute, out var own) : Uri.TryCreate(address, canonical, out own)) && own!.Scheme is "http" or "https")
        {
            address = own;
        }

        foreach (var script in page.QuerySelectorAll("script[type]").Where(s => IsJsonLd(s.GetAttribute("type")!)))
        {
            Json(script.TextContent, nodes, problems);
        }

        nodes.AddRange(page.QuerySelectorAll("[itemscope]").Where(e => !e.HasAttribute("itemprop") && e.HasAttribute("itemtype"))
            .Select(e => new LdNode(JsonSerializer.SerializeToElement(Item(e, 0)))));
        return new(address, nodes, problems);
    }

    private static bool IsJsonLd(string type) => type.Split(';')[0].Trim().Equals("application/ld+json", StringComparison.OrdinalIgnoreCase);

    private static void Json(string text, List<LdNode> nodes, List<Finding> problems)
    {
        var json = text.Trim();
        foreach (var (open, close) in (ReadOnlySpan<(string, string)>)[("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/")])
        {
            json = json.StartsWith(open, StringComparison.Ordinal) && json.EndsWith(close, StringComparison.Ordinal) ? json[open.Length..^close.Length].Trim() : json;
        }

        try
        {
            var value = JsonElement.Parse(json.TrimEnd(';'), new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (!CodePoints.IsWellFormed(value))
            {
                problems.Add(new("script", "Its JSON-LD holds a lone surrogate or a NUL."));
                return;
            }

            nodes.AddRange(NodesIn(value));
        }
        catch (JsonException e)
        {
            problems.Add(new("script", $"Its JSON-LD is no valid JSON: {e.Message}"));
        }
    }

    private static IEnumerable<LdNode> NodesIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(NodesIn),
        JsonValueKind.Object when value.TryGetProperty("@graph", out var graph) => NodesIn(graph),
        JsonValueKind.Object => [new(value)],
        _ => [],
    };

    /// <summary>Converts a microdata item to JSON-LD.</summary>
    private static JsonObject Item(IElement item, int depth)
    {
        var node = new JsonObject { ["@type"] = item.GetAttribute("itemtype")?.Trim().Split(' ')[0] };
        if (item.GetAttribute("itemid") is { Length: > 0 } id)
        {
            node["@id"] = id;
        }

        foreach (var property in Properties(item))
        {
            var value = property.HasAttribute("itemscope") ? depth < DepthMax ? Item(property, depth + 1) : (JsonNode?)null : Value(property);
            foreach (var name in property.GetAttribute("itemprop")!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (node[name] is JsonArray list)
                {
                    list.Add(value?.DeepClone());
                }
                else
                {
                    node[name] = new JsonArray(value?.DeepClone());
                }
            }
        }

        return node;
    }

    /// <summary>The elements with the item's own properties, without those of items inside it.</summary>
    private static IEnumerable<IElement> Properties(IElement item) =>
        item.Children.SelectMany(c => c.HasAttribute("itemprop") ? c.HasAttribute("itemscope") ? [c] : Properties(c).Prepend(c) : c.HasAttribute("itemscope") ? [] : Properties(c));

    private static string? Value(IElement e) => e.LocalName switch
    {
        "meta" => e.GetAttribute("content"),
        "a" or "area" or "link" => e.GetAttribute("href"),
        "img" or "audio" or "video" or "embed" or "iframe" or "source" or "track" => e.GetAttribute("src"),
        "data" or "meter" => e.GetAttribute("value"),
        "time" => e.GetAttribute("datetime") ?? e.TextContent,
        _ => e.GetAttribute("content") ?? e.TextContent.Trim(),
    };
}
