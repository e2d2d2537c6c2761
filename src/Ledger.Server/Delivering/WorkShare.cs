namespace Ledger.Server;

/// <summary>Decides what a node should serve: its even share of the subscriptions, and those that nobody else takes.</summary>
internal sealed class WorkShare(TimeProvider clock)
{
    /// <summary>For this long a free subscription is left to the nodes that serve less than their share.</summary>
    internal static readonly TimeSpan LeftToOthers = TimeSpan.FromSeconds(3);

    /// <summary>How long a subscription taken beyond the share is kept. The node that it belonged to could not serve it and would fail again.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> _freeSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _keptUntil = new(StringComparer.Ordinal);

    /// <summary>Which subscriptions to begin serving and which to give up.</summary>
    /// <param name="all">All subscriptions that must be served by some node.</param>
    /// <param name="served">The subscriptions that this node serves.</param>
    /// <param name="isHeld">Whether some node, this one included, serves a subscription.</param>
    /// <param name="nodes">The number of nodes that share the subscriptions; at least one.</param>
    internal (IReadOnlyList<string> Begin, IReadOnlyList<string> GiveUp) Plan(
        IReadOnlyList<string> all, IReadOnlyCollection<string> served, Func<string, bool> isHeld, int nodes)
    {
        var now = clock.GetUtcNow();
        var share = (all.Count + nodes - 1) / nodes;
        var free = all.Where(id => !served.Contains(id) && !isHeld(id)).ToArray();
        foreach (var id in _freeSince.Keys.Except(free).ToList())
        {
            _freeSince.Remove(id);
        }

        Random.Shared.Shuffle(free); // Without the shuffle, all nodes would try the same subscription first.
        var begin = new List<string>();
        foreach (var id in free)
        {
            _freeSince.TryAdd(id, now);
            if (served.Count + begin.Count < share)
            {
                begin.Add(id);
            }
            else if (now - _freeSince[id] >= LeftToOthers)
            {
                begin.Add(id);
                _keptUntil[id] = now + Kept;
            }
        }

        var surplus = Math.Max(0, served.Count - share);
        return (begin, [.. served.Where(id => !_keptUntil.TryGetValue(id, out var until) || until <= now).Take(surplus)]);
    }
}
