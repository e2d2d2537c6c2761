using System.Text.Json;

namespace Ledger.Domain;

/// <summary>A link over which a change may pass. It leads from the assertion that took something over to the one from which it took it.</summary>
/// <param name="Derived">The id of the assertion that restates or derives.</param>
/// <param name="Upstream">The id of the assertion from which it took something.</param>
/// <param name="Basis">Whether the link is stated or inferred.</param>
/// <param name="NotCarried">The fields that the derived assertion does not have: the differences whose <c>ours</c> is null.</param>
public sealed record CarryingLink(string Derived, string Upstream, Basis Basis, IReadOnlySet<string> NotCarried)
{
    /// <summary>Whether the derived assertion has a field of the upstream one. Where it lacks a figure, it also lacks that figure's unit and bound.</summary>
    internal bool Carries(string field) => !NotCarried.Contains(field)
        && !(field.LastIndexOf('/') is var end && end > 0 && NotCarried.Contains(field[..end]));

    /// <summary>Makes the link from the parts of a stored event.</summary>
    public static CarryingLink Of(string derived, string upstream, Basis basis, IEnumerable<Difference> differences) =>
        new(derived, upstream, basis, differences
            .Where(d => d.Ours is null or { ValueKind: JsonValueKind.Null }).Select(d => d.Field).ToHashSet(StringComparer.Ordinal));
}

/// <summary>An assertion that a change reaches.</summary>
/// <param name="Derived">Its id.</param>
/// <param name="Fields">The touched fields that it carries, in ordinal order.</param>
/// <param name="Basis">Stated where a path of stated links alone carries any touched field; otherwise inferred.</param>
/// <param name="Path">The assertions on the shortest such path, from its direct upstream to the one that changed.</param>
public sealed record Reached(string Derived, IReadOnlyList<string> Fields, Basis Basis, IReadOnlyList<string> Path);

/// <summary>
/// Finds the assertions that carry what changed, by a transitive walk along the links. Fields that arrive over several paths are combined, and an
/// assertion is visited again when more fields reach it. Where paths of only stated links carry any field, only the fields of those paths count. So
/// the basis "stated" never claims too much.
/// </summary>
public static class Downstream
{
    /// <summary>The assertions that a change of these fields reaches, ordered by id. The rules exclude cycles, but the walk would end even with them.</summary>
    public static IReadOnlyList<Reached> Of(string origin, IReadOnlyList<string> fields, IReadOnlyList<CarryingLink> links)
    {
        var byUpstream = links.OrderBy(l => l.Derived, StringComparer.Ordinal).ToLookup(l => l.Upstream, StringComparer.Ordinal);
        var stated = Walk(origin, fields, id => byUpstream[id].Where(l => l.Basis == Basis.Stated));
        var any = Walk(origin, fields, id => byUpstream[id]);
        return
        [
            .. from way in any.Values.OrderBy(w => w.Id, StringComparer.Ordinal)
               where way.Id != origin
               let sure = stated.GetValueOrDefault(way.Id)
               select new Reached(way.Id, [.. (sure ?? way).Fields.Order(StringComparer.Ordinal)],
                   sure is null ? Basis.Inferred : Basis.Stated, (sure ?? way).Path),
        ];
    }

    /// <summary>
    /// The derived assertions that an event on an assertion reaches through provenance, each with its path. A follower of any of them is told
    /// of the event once, by the first path that reaches what it follows.
    /// </summary>
    public static IReadOnlyList<Reached> Of(string origin, LedgerEvent e, LedgerEvent? withdrawn, IReadOnlyList<CarryingLink> links) =>
        MaterialChange.FieldsOf(e, withdrawn) is { Count: > 0 } fields ? Of(origin, fields, links) : [];

    private static Dictionary<string, Way> Walk(string origin, IReadOnlyList<string> fields, Func<string, IEnumerable<CarryingLink>> down)
    {
        var ways = new Dictionary<string, Way>(StringComparer.Ordinal) { [origin] = new(origin, fields.ToHashSet(StringComparer.Ordinal), []) };
        var pending = new Queue<string>([origin]);
        while (pending.TryDequeue(out var id))
        {
            var from = ways[id];
            foreach (var link in down(id))
            {
                var carried = from.Fields.Where(link.Carries).ToList();
                if (!ways.TryGetValue(link.Derived, out var known))
                {
                    if (carried.Count > 0)
                    {
                        ways[link.Derived] = new(link.Derived, carried.ToHashSet(StringComparer.Ordinal), [id, .. from.Path]);
                        pending.Enqueue(link.Derived);
                    }
                }
                else if (link.Derived != origin && !known.Fields.IsSupersetOf(carried))
                {
                    // More fields reached the assertion by another path. Its own derived assertions may carry them too.
                    known.Fields.UnionWith(carried);
                    pending.Enqueue(link.Derived);
                }
            }
        }

        return ways;
    }

    private sealed record Way(string Id, HashSet<string> Fields, IReadOnlyList<string> Path);
}
