using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// The derivation graph: what derives from, restates or is based on what. It must stay free of cycles, also when two links are recorded at the same time.
/// So the check reads the projected edges and the newer events in the log. The append then has the condition that no edge was added since the check.
/// </summary>
internal sealed class LinkGraph(EventStore store)
{
    /// <summary>The event types that can add an edge.</summary>
    internal static readonly IReadOnlyList<string> EdgeTypes = [EventTypes.NameOf(typeof(Linked)), EventTypes.NameOf(typeof(VersionCaptured))];

    private static readonly FeedFilter Edges = new() { Types = [.. EdgeTypes, EventTypes.NameOf(typeof(Withdrawn)), EventTypes.NameOf(typeof(ClaimRecorded))] };

    private const int TailPageEvents = 500;

    /// <summary>
    /// The edge that a link adds to the derivation graph, if its relation is a derivation. A link from a stream to itself is left out, because another rule
    /// refuses it.
    /// </summary>
    internal static IReadOnlyList<(string From, string To)> EdgesOf(string stream, AddLink link) =>
        link.Relation is Relation.DerivedFrom or Relation.Restates && link.To.Stream != stream ? [(stream, link.To.Stream)] : [];

    /// <summary>
    /// The edges that a version adds: one to each work that it is based on. The work of the version itself is left out, because a later version may be
    /// based on an earlier one.
    /// </summary>
    internal static IReadOnlyList<(string From, string To)> EdgesOf(string stream, CaptureVersion capture) =>
        [.. capture.BasedOn.Select(b => (stream, Ids.SourceStream(b.Source))).Where(e => e.Item2 != stream)];

    /// <summary>
    /// Fails with 409 if an edge would close a cycle. Otherwise gives the position up to which the log was checked. Null if there is no edge to add.
    /// </summary>
    internal async Task<long?> RefuseCyclesAsync(IReadOnlyList<(string From, string To)> edges, CancellationToken cancellationToken)
    {
        if (edges.Count == 0)
        {
            return null;
        }

        var seen = await store.ReadProgressAsync(LinkProjection.ProgressName, cancellationToken);
        var (added, removed, position) = await TailAsync(seen, cancellationToken);
        foreach (var (from, to) in edges)
        {
            if (await ReachesAsync(to, from, added, removed, cancellationToken) is { } path)
            {
                throw new ProblemException(Problem.Of(new(RefusalCode.Cycle,
                    $"{from} cannot rest on {to}: {string.Join(" → ", path)} already rests on it. Withdraw that link first, or link the other way.", "to")));
            }
        }

        return position;
    }

    private async Task<(ILookup<string, string> Added, HashSet<Guid> Removed, long Position)> TailAsync(long after, CancellationToken cancellationToken)
    {
        var added = new List<(Guid Id, string From, string To)>();
        var removed = new HashSet<Guid>();
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(after, TailPageEvents, Edges, cancellationToken);
            foreach (var e in page.Events.Select(e => e.ToDomain()))
            {
                added.AddRange(LinkProjection.DerivationsOf(e).Select(to => (e.Id, e.Stream, to)));
                if (e.Event is Withdrawn withdrawn)
                {
                    removed.Add(withdrawn.Event);
                }
            }

            after = page.Next;
        }
        while (after < page.Head);
        return (added.Where(a => !removed.Contains(a.Id)).ToLookup(a => a.From, a => a.To), removed, after);
    }

    /// <summary>A breadth-first search with one query per level. Chains of derivation are short, and the visited set bounds the search.</summary>
    private async Task<IReadOnlyList<string>?> ReachesAsync(
        string start, string goal, ILookup<string, string> added, HashSet<Guid> removed, CancellationToken cancellationToken)
    {
        var cameFrom = new Dictionary<string, string?>(StringComparer.Ordinal) { [start] = null };
        string[] frontier = [start];
        while (frontier.Length > 0)
        {
            if (cameFrom.ContainsKey(goal))
            {
                var path = new List<string>();
                for (var at = goal; at is not null; at = cameFrom[at])
                {
                    path.Insert(0, at);
                }

                return path;
            }

            var next = new List<string>();
            foreach (var (from, to) in (await StepAsync(frontier, removed, cancellationToken)).Concat(frontier.SelectMany(f => added[f].Select(to => (f, to)))))
            {
                if (cameFrom.TryAdd(to, from))
                {
                    next.Add(to);
                }
            }

            frontier = [.. next];
        }

        return null;
    }

    private async Task<List<(string From, string To)>> StepAsync(string[] frontier, HashSet<Guid> removed, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            select from_stream, to_stream from ledger_read.link
            where from_stream = any($1) and derivation and to_pos is null and event_id <> all($2)
            """);
        command.Parameters.Add(new() { Value = frontier });
        command.Parameters.Add(new() { Value = removed.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var edges = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            edges.Add((reader.GetString(0), reader.GetString(1)));
        }

        return edges;
    }
}
