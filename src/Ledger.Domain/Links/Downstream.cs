using System.Text.Json;

namespace Ledger.Domain;

/// <summary>A link over which a change may pass: from the assertion that took something over to the one that it took it from.</summary>
/// <param name="Derived">The assertion that restates or derives.</param>
/// <param name="Upstream">The one that it took from.</param>
/// <param name="Basis">Whether the tie is stated or inferred.</param>
/// <param name="NotCarried">The fields that are not found in the derived one: differences with ours null.</param>
public sealed record CarryingLink(string Derived, string Upstream, Basis Basis, IReadOnlySet<string> NotCarried)
{
    /// <summary>Whether a field of the upstream one is found in the derived one: a figure that is not has no unit there either.</summary>
    internal bool Carries(string field) => !NotCarried.Contains(field)
        && !(field.LastIndexOf('/') is var end && end > 0 && NotCarried.Contains(field[..end]));

    /// <summary>The link of a stored event.</summary>
    public static CarryingLink Of(string derived, string upstream, Basis basis, IEnumerable<Difference> differences) =>
        new(derived, upstream, basis, differences
            .Where(d => d.Ours is null or { ValueKind: JsonValueKind.Null }).Select(d => d.Field).ToHashSet(StringComparer.Ordinal));
}

/// <summary>An assertion that a change reaches.</summary>
/// <param name="Derived">Its id.</param>
/// <param name="Fields">The touched fields that it carries, ordered.</param>
/// <param name="Basis">Stated where a way of stated links alone carries any of them.</param>
/// <param name="Path">The assertions on the shortest such way, from its direct upstream to the one that changed.</param>
public sealed record Reached(string Derived, IReadOnlyList<string> Fields, Basis Basis, IReadOnlyList<string> Path);

/// <summary>
/// Who carries what changed: a walk down the links, transitive, each assertion visited once for every set of fields that reaches it.
/// Over several ways the fields add up; where a way of stated links carries any, those count alone, so that "stated" never claims more than it has.
/// </summary>
public static class Downstream
{
    /// <summary>The assertions that a change of these fields reaches, by id. Tolerates cycles, which the rules exclude.</summary>
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
    /// Whom an event on an assertion reaches through provenance: each derived assertion with the way to it. A follower of any of them is told
    /// of the event once, by the first way that reaches what it follows.
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
                    // More of the fields reached it by another way: what lies below may carry them too.
                    known.Fields.UnionWith(carried);
                    pending.Enqueue(link.Derived);
                }
            }
        }

        return ways;
    }

    private sealed record Way(string Id, HashSet<string> Fields, IReadOnlyList<string> Path);
}
