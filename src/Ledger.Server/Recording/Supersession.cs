using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A supersession is written to both assertions in one append, so that it is visible in the superseded assertion's own stream too.</summary>
internal static class Supersession
{
    /// <summary>The streams of the assertions that a command supersedes.</summary>
    internal static IReadOnlyList<string> Superseded(Command command) => command switch
    {
        AddLink { Relation: Relation.Supersedes } link => [link.To.Stream],
        RecordClaim claim => [.. claim.Links.Where(l => l.Relation == Relation.Supersedes && l.To.Assertion is not null).Select(l => l.To.Stream).Distinct()],
        _ => [],
    };

    /// <summary>Adds a copy of each superseding link to the superseded assertion. The link and the copy name each other.</summary>
    internal static Ruling WithCopies(Ruling ruling, string successor)
    {
        if (ruling is not Ruling.Accepted { Writes: [var (stream, events)] } || !events.Any(e => e.Event is Linked { Relation: Relation.Supersedes }))
        {
            return ruling;
        }

        var own = new List<(Guid, LedgerEvent)>();
        var copies = new List<(string, IReadOnlyList<(Guid, LedgerEvent)>)>();
        foreach (var (id, e) in events)
        {
            if (e is Linked { Relation: Relation.Supersedes } link)
            {
                var copy = Guid.CreateVersion7();
                copies.Add((link.To.Stream, [(copy, link with { SupersededBy = successor, Counterpart = id })]));
                own.Add((id, link with { Counterpart = copy }));
            }
            else
            {
                own.Add((id, e));
            }
        }

        return new Ruling.Accepted([.. copies, (stream, own)]);
    }
}
