using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A box of the graph: an assertion or a source, with the address of its page.</summary>
public sealed record GraphBox(string Stream, string Kind, string Id, string Text, string? Label, int Column, int Row, bool IsRoot)
{
    /// <summary>The page of the box.</summary>
    public string Address => Kind == "assertion" ? $"/assertions/{Id}" : $"/sources/{Id}";
}

/// <summary>A line from what rests on something to what it rests on.</summary>
public sealed record GraphLine(GraphBox From, GraphBox To, string Relation, bool IsInferred, string? Via);

/// <summary>
/// The provenance of an assertion as a drawing. What the assertion rests on is to the right, and what rests on it is to the left. Each step has its own
/// column. A table shows the same lines.
/// </summary>
public sealed record GraphDrawing(IReadOnlyList<GraphBox> Boxes, IReadOnlyList<GraphLine> Lines, int Hidden)
{
    /// <summary>The maximum number of boxes in one column. The data has the rest.</summary>
    private const int RowsMax = 6;

    private const int TextCharactersMax = 64;

    internal static GraphDrawing Of(ProvenanceGraph graph)
    {
        var nodes = graph.Nodes.Where(n => n.Kind is "assertion" or "source").ToDictionary(n => n.Id, StringComparer.Ordinal);
        var edges = graph.Edges.Where(e => nodes.ContainsKey(e.From) && nodes.ContainsKey(e.To)).DistinctBy(e => (e.From, e.To, e.Relation)).ToList();
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        if (nodes.ContainsKey(graph.Root))
        {
            columns[graph.Root] = 0;
        }

        Walk(columns, graph.Root, +1, edges.ToLookup(e => e.From, e => e.To, StringComparer.Ordinal));
        Walk(columns, graph.Root, -1, edges.Where(e => e.Relation != "appearsIn").ToLookup(e => e.To, e => e.From, StringComparer.Ordinal));
        var first = columns.Count == 0 ? 0 : columns.Values.Min();
        var boxes = new Dictionary<string, GraphBox>(StringComparer.Ordinal);
        foreach (var column in columns.GroupBy(c => c.Value))
        {
            foreach (var (stream, row) in column.Select(c => c.Key).OrderBy(s => s, StringComparer.Ordinal).Take(RowsMax).Select((s, row) => (s, row)))
            {
                boxes[stream] = Box(nodes[stream], column.Key - first, row, stream == graph.Root);
            }
        }

        return new([.. boxes.Values],
            [.. edges.Where(e => boxes.ContainsKey(e.From) && boxes.ContainsKey(e.To)).Select(e => Line(e, boxes))],
            nodes.Count - boxes.Count);
    }

    private static void Walk(Dictionary<string, int> columns, string root, int step, ILookup<string, string> next)
    {
        var pending = new Queue<string>([root]);
        while (pending.TryDequeue(out var stream))
        {
            foreach (var far in next[stream])
            {
                if (columns.TryAdd(far, columns.GetValueOrDefault(stream) + step))
                {
                    pending.Enqueue(far);
                }
            }
        }
    }

    private static GraphBox Box(ProvenanceNode node, int column, int row, bool isRoot)
    {
        var (kind, id) = Ids.OfStream(node.Id);
        return new(node.Id, kind, id, Plain.Line(node.Text ?? node.Name, TextCharactersMax), node.Label, column, row, isRoot);
    }

    private static GraphLine Line(ProvenanceEdge edge, Dictionary<string, GraphBox> boxes) => new(
        boxes[edge.From], boxes[edge.To], Words.Of(edge.Relation), edge.Basis == Basis.Inferred,
        edge.Via is { } via ? via.Source + (via.Version is { } version ? $", version {version}" : ", unseen") : null);
}
