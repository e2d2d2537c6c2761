using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// What others said about the assertions that this one restates. They spoke about the same words, so the reader sees their positions here too. Each
/// position names the restated assertion that it is about.
/// </summary>
internal static class ViaPositions
{
    /// <summary>One view reads at most this many restated assertions. Chains of restatements are short.</summary>
    private const int AssertionsMax = 16;

    /// <summary>
    /// The positions on restated assertions at the same moment. It follows any number of restatements and leaves out what this reader may not see.
    /// </summary>
    internal static async Task<IReadOnlyList<StandingPosition>> OfAsync(ReadCall call, Assertion state, ReadPoint point)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { state.Id };
        var pending = new Queue<string>(Restated(state));
        var found = new List<StandingPosition>();
        var restricted = pending.Count == 0 ? RestrictedNow.Nothing : await call.RestrictedAsync();
        while (seen.Count <= AssertionsMax && pending.TryDequeue(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            var events = await call.Store.ReadStreamAsync(Ids.AssertionStream(id), toPosition: point.Position, cancellationToken: call.Cancelled);
            var restated = Assertion.Fold(events.Select(e => e.ToDomain()).Where(point.Counts));
            if (restated.Claim?.Event is not ClaimRecorded claim || restricted.Hides(id, claim.Source.Id))
            {
                continue;
            }

            found.AddRange(StandingPositions.Of(restated).Where(p => p.Stance is not ("asserts" or "relays")).Select(p => p with { Via = id }));
            foreach (var next in Restated(restated))
            {
                pending.Enqueue(next);
            }
        }

        return found;
    }

    private static IEnumerable<string> Restated(Assertion state) =>
        from link in state.Entries.Standing<Linked>()
        where link.Event is { Relation: Relation.Restates, To.Assertion: not null }
        select link.Event.To.Assertion;
}
