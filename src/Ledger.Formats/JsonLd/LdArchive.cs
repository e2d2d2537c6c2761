using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Ledger.Formats;

/// <summary>A record of an archive in JSON-LD or HTML: its nodes, and the nodes to which they refer.</summary>
/// <param name="Number">The number of the record, from 1.</param>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Nodes">The node of the record, or all nodes of a page.</param>
/// <param name="Graph">The nodes near the record, to which it may refer.</param>
internal sealed record LdItem(long Number, long Line, IReadOnlyList<LdNode> Nodes, LdGraph Graph)
{
    /// <summary>The address of its page; null where it is not in a page, or the address is unknown.</summary>
    public Uri? Page { get; init; }

    public bool IsPage { get; init; }

    /// <summary>The parts that cannot be read.</summary>
    public IReadOnlyList<Finding> Problems { get; init; } = [];

    /// <summary>The nodes, with each reference replaced by its target where that is known.</summary>
    internal IEnumerable<LdNode> Followed(IEnumerable<LdNode> nodes) => nodes.Select(n => Graph.Follow(n) ?? n);
}

/// <summary>Finds nodes of an input by their <c>@id</c>, as far as they are near the node that refers to them.</summary>
internal sealed class LdGraph(IReadOnlyDictionary<string, LdNode> near, IReadOnlyDictionary<string, LdNode> before, long document)
{
    /// <summary>The target of a reference; the node itself where it is no reference, null where the target is not found.</summary>
    internal LdNode? Follow(LdNode node) =>
        !node.IsReference ? node
        : near.TryGetValue(Key(node.Id!, document), out var found) || before.TryGetValue(Key(node.Id!, document), out found) ? found
        : null;

    /// <summary>The key of an <c>@id</c>. Names such as <c>_:b0</c> and <c>#claim</c> are valid only within their document.</summary>
    internal static string Key(string id, long document) => Uri.IsWellFormedUriString(id, UriKind.Absolute) && !id.StartsWith('_') ? id : $"{document} {id}";
}

/// <summary>Reads JSON-LD (documents, lists, graphs, feeds, or a document on each line) and HTML (a page, or <c>{"url", "html"}</c> on each line).</summary>
internal static class LdArchive
{
    /// <summary>The size of a block, in bytes. A reference is resolved when its target is in the same block, or in the block before.</summary>
    private const int BlockBytesMax = 16 << 20;
    private const int BlockNodesMax = 20_000;

    /// <summary>Reads the records in their order.</summary>
    internal static async IAsyncEnumerable<LdItem> ReadAsync(Stream input, Uri? baseAddress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = new JsonCursor(input, BoundedStream.RecordBytesMax);
        if (await cursor.PeekAsync(cancellationToken) == '<')
        {
            var line = cursor.Line;
            var html = await cursor.ReadRestAsync(cancellationToken) ?? throw new ArchiveFormatException($"The page has more than {BoundedStream.RecordBytesMax} bytes.");
            yield return Page(1, line, html.ToArray(), baseAddress);
            yield break;
        }

        var (block, bytes, before) = (new List<JsonRecord>(), 0L, new Dictionary<string, LdNode>(0));
        await foreach (var record in new JsonRecords("@graph", "dataFeedElement", "itemListElement").ReadAsync(cursor, cancellationToken))
        {
            block.Add(record);
            bytes += record.Bytes;
            if (block.Count < BlockNodesMax && bytes < BlockBytesMax)
            {
                continue;
            }

            var near = Index(block);
            foreach (var item in block.Select(r => Item(r, near, before)))
            {
                yield return item;
            }

            (block, bytes, before) = ([], 0, near);
        }

        var last = Index(block);
        foreach (var item in block.Select(r => Item(r, last, before)))
        {
            yield return item;
        }
    }

    private static Dictionary<string, LdNode> Index(List<JsonRecord> block)
    {
        var nodes = new Dictionary<string, LdNode>(StringComparer.Ordinal);
        foreach (var record in block.Where(r => r.Problem is null))
        {
            var node = Unwrapped(new(record.Value));
            if (node.Id is { } id && !node.IsReference)
            {
                nodes[LdGraph.Key(id, record.Document)] = node;
            }
        }

        return nodes;
    }

    private static LdItem Item(JsonRecord record, Dictionary<string, LdNode> near, Dictionary<string, LdNode> before)
    {
        if (record.Problem is { } problem)
        {
            return new(record.Number, record.Line, [], new(near, before, record.Document)) { Problems = [problem] };
        }

        var node = new LdNode(record.Value);
        if (node.IsObject && node.Element.TryGetProperty("html", out var html) && html.ValueKind == JsonValueKind.String)
        {
            Uri.TryCreate(node.TextOf("url"), UriKind.Absolute, out var address);
            return Page(record.Number, record.Line, Encoding.UTF8.GetBytes(html.GetString()!), address, isText: true);
        }

        return new(record.Number, record.Line, [Unwrapped(node)], new(near, before, record.Document));
    }

    private static LdItem Page(long number, long line, byte[] html, Uri? address, bool isText = false)
    {
        // A text from JSON is UTF-8, whatever encoding the page itself names. A byte order mark overrides that name.
        var page = LdPage.Read(isText ? [.. Encoding.UTF8.Preamble, .. html] : html, address);
        var nodes = page.Nodes.Where(n => n.Id is not null && !n.IsReference).GroupBy(n => LdGraph.Key(n.Id!, number)).ToDictionary(g => g.Key, g => g.First());
        return new(number, line, page.Nodes, new(nodes, new Dictionary<string, LdNode>(0), number)) { Page = page.Address, IsPage = true, Problems = page.Problems };
    }

    /// <summary>The item inside an element of a feed or a list.</summary>
    private static LdNode Unwrapped(LdNode node) => node.Is("DataFeedItem", "ListItem") && node.One("item") is { IsObject: true } item ? item : node;
}
