using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An assertion, a source or a party in the graph, by the name of its stream; what the kind does not have is left out.</summary>
public sealed record ProvenanceNode(string Id, string Kind)
{
    public string? Name { get; init; }

    public string? Text { get; init; }

    public string? Label { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public string? Publisher { get; init; }

    public StatedTime? PublishedAt { get; init; }
}

/// <summary>From what rests on something to what it rests on.</summary>
public sealed record ProvenanceEdge(string From, string To, string Relation)
{
    public Basis? Basis { get; init; }

    public IReadOnlyList<Difference>? Differences { get; init; }

    /// <summary>The version of the source at the far end; "unseen" where it was never captured.</summary>
    public VersionReference? Version { get; init; }

    public VersionReference? Via { get; init; }

    /// <summary>For an attribution: the role, and the place in the chain from the originator on.</summary>
    public string? Role { get; init; }

    public int? Place { get; init; }

    public long? Position { get; init; }
}

/// <summary>Where assertions came from and what became of them: chains of attribution, source versions, links, each edge with its basis.</summary>
internal sealed record ProvenanceGraph(string Root, IReadOnlyList<ProvenanceNode> Nodes, IReadOnlyList<ProvenanceEdge> Edges, bool Truncated)
{
    private const string DescriptionPrefix = "description-";

    /// <summary>The folded states behind the nodes, for formats that need more than nodes and edges.</summary>
    internal required IReadOnlyList<Assertion> Assertions { get; init; }

    internal required IReadOnlyList<SourceView> Sources { get; init; }

    internal required IReadOnlyList<PartyView> Parties { get; init; }

    internal static async Task<ProvenanceGraph> AroundAsync(ReadCall call, string id, WalkDirection direction, int depth, ReadPoint point)
    {
        var root = Ids.AssertionStream(id);
        var links = await ProvenanceEdges.WalkAsync(call, [root], direction, depth, point);
        var streams = links.SelectMany(l => new[] { l.From, l.To }).Append(root).Distinct(StringComparer.Ordinal).ToList();
        var restricted = await call.RestrictedAsync();
        var states = await SourceAssertions.FoldAsync(call, [.. streams.Where(s => Ids.OfStream(s).Type == "assertion").Select(s => Ids.OfStream(s).Id)], point);
        List<Assertion> assertions = [.. states.Values.Where(s => !restricted.Hides(s.Id, Claim(s).Source.Id)).OrderBy(s => s.Id, StringComparer.Ordinal)];
        List<string> carriers = [.. assertions.Select(s => Ids.SourceStream(Claim(s).Source.Id)).Concat(streams.Where(s => Ids.OfStream(s).Type == "source")).Distinct()];
        var derivations = depth == 0 ? [] : await ProvenanceEdges.WalkAsync(call, carriers, WalkDirection.Up, depth, point);
        var sources = await SourceView.AllAtAsync(call,
            [.. carriers.Concat(derivations.SelectMany(d => new[] { d.From, d.To })).Where(s => Ids.OfStream(s).Type == "source").Select(s => Ids.OfStream(s).Id)
                .Where(s => !restricted.Sources.Contains(s)).Distinct()], point);
        var parties = await PartyView.AllAtAsync(call, [.. assertions.SelectMany(PartiesOf).Concat(sources.Select(s => s.Publisher)).Distinct()], point);
        return Of(root, assertions, sources, parties, [.. links, .. derivations]);
    }

    private static ProvenanceGraph Of(
        string root, List<Assertion> assertions, IReadOnlyList<SourceView> sources, IReadOnlyList<PartyView> parties, IReadOnlyList<ProvenanceEdgeRow> rows)
    {
        List<ProvenanceNode> nodes = [.. assertions.Select(Node), .. sources.Select(Node), .. parties.Select(Node)];
        var edges = rows.DistinctBy(r => (r.Position, r.To, r.Relation)).Select(Edge).Concat(assertions.SelectMany(Own))
            .Concat(sources.Select(s => new ProvenanceEdge(Ids.SourceStream(s.Id), Ids.PartyStream(s.Publisher), "publishedBy"))).ToList();
        nodes.AddRange(from edge in edges
                       where edge.To.StartsWith(DescriptionPrefix, StringComparison.Ordinal)
                       group edge by edge.To into described
                       select new ProvenanceNode(described.Key, "description") { Name = described.Key[DescriptionPrefix.Length..] });
        var present = nodes.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return new(root, nodes, [.. edges.Where(e => present.Contains(e.From) && present.Contains(e.To))], rows.Count >= ProvenanceEdges.EdgesMax)
        {
            Assertions = assertions, Sources = sources, Parties = parties,
        };
    }

    internal static ClaimRecorded Claim(Assertion state) => (ClaimRecorded)state.Claim!.Event;

    private static IEnumerable<string> PartiesOf(Assertion state) => state.Content.Attribution.Select(a => a.Party).OfType<string>().Append(Claim(state).Publisher);

    private static ProvenanceNode Node(Assertion state)
    {
        var standing = Standing.Of(state);
        return new(Ids.AssertionStream(state.Id), "assertion")
        {
            Text = state.Content.Proposition, Label = standing.Label, Flags = [.. standing.Flags.Select(f => f.Name).Distinct()],
            Publisher = Claim(state).Publisher, PublishedAt = state.Claim!.Event.PublishedAt,
        };
    }

    private static ProvenanceNode Node(SourceView source) => new(Ids.SourceStream(source.Id), "source") { Name = source.Title, Publisher = source.Publisher };

    private static ProvenanceNode Node(PartyView party) => new(Ids.PartyStream(party.Id), "party") { Name = party.Name };

    /// <summary>The edges from an assertion's own claim: the source that it appears in, and its chain of attribution.</summary>
    private static IEnumerable<ProvenanceEdge> Own(Assertion state)
    {
        var stream = Ids.AssertionStream(state.Id);
        var source = Claim(state).Source;
        yield return new(stream, Ids.SourceStream(source.Id), "appearsIn") { Version = new(source.Id, source.Version), Position = state.Claim!.Position };
        for (var place = 0; place < state.Content.Attribution.Count; place++)
        {
            var link = state.Content.Attribution[place];
            yield return new(stream, link.Party is { } party ? Ids.PartyStream(party) : DescriptionPrefix + link.Description, "attributedTo") { Role = link.Role, Place = place };
        }
    }

    private static ProvenanceEdge Edge(ProvenanceEdgeRow row)
    {
        var edge = new ProvenanceEdge(row.From, row.To, row.Relation) { Position = row.Position };
        return row.Event switch
        {
            Linked link => edge with { Basis = link.Basis, Differences = link.Differences, Via = link.Via, Version = link.To.Source },
            VersionCaptured version when Derivation(version, row) is { } d => edge with { Basis = d.Basis, Version = new(d.Source, d.Version) },
            _ => edge,
        };
    }

    private static Derivation? Derivation(VersionCaptured version, ProvenanceEdgeRow row) =>
        version.BasedOn.FirstOrDefault(b => Ids.SourceStream(b.Source) == row.To && JsonNamingPolicy.CamelCase.ConvertName(b.Kind.ToString()) == row.Relation);
}
