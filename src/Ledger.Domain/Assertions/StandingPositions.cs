using System.Text.Json;

namespace Ledger.Domain;

/// <summary>What tells the positions on one assertion apart: a later one with the same key takes the place of the earlier.</summary>
internal sealed record PositionKey(string? Party, string Stance, Contests? Contests);

/// <summary>Who said what of a proposition: the chain that carries it, and the stances taken towards it, open and withdrawn.</summary>
public static class StandingPositions
{
    private const string Open = "open";

    /// <summary>
    /// The positions, the chain first, then by version. What a later one of the same party and stance replaced,
    /// or what was withdrawn and said again, is left to the history.
    /// </summary>
    public static IEnumerable<StandingPosition> Of(Assertion state)
    {
        if (state.Claim is not { } claim)
        {
            yield break;
        }

        foreach (var (link, index) in state.Content.Attribution.Select((link, index) => (link, index)))
        {
            yield return new()
            {
                Party = link.Party, Description = link.Description, Stance = index == 0 ? "asserts" : "relays", State = Open,
                Since = claim.Since, Source = ((ClaimRecorded)claim.Event).Source, Event = claim.Id, Position = claim.Position,
            };
        }

        IEnumerable<Entry> entries = state.Entries.Withdrawn.IsEmpty
            ? state.Entries.InOrder
            : state.Entries.InOrder.Concat(state.Entries.Withdrawn.Values).OrderBy(e => e.Record.Version);
        var later = new HashSet<(string? Party, string Stance, Contests? Contests)>();
        var positions = entries.Select(Of).OfType<StandingPosition>().Reverse()
            .Where(p => later.Add((p.Party, p.Stance, p.Contests)) || p.State == Open);
        foreach (var position in positions.Reverse())
        {
            yield return position;
        }
    }

    /// <summary>The key of an event that takes a position; null of others.</summary>
    internal static PositionKey? KeyOf(LedgerEvent e) => e switch
    {
        DenialRecorded d => new(d.Party, "denies", d.Contests),
        PositionRecorded p => new(p.Party, p.Stance.ToString(), null),
        ConcernExpressed c => new(c.Publisher, "concern", null),
        _ => null,
    };

    private static StandingPosition? Of(Entry entry)
    {
        var record = entry.Record;
        var state = entry.ClosedBy is null ? Open : "withdrawn";
        return record.Event switch
        {
            DenialRecorded d => new()
            {
                Party = d.Party, Stance = "denies", State = state, Statement = d.Statement, Contests = d.Contests, Concedes = d.Concedes,
                Ground = d.Ground, Condition = d.Condition, Since = record.Since, Source = d.Source, Citation = d.Citation, StatedIn = d.StatedIn,
                Event = record.Id, Position = record.Position,
            },
            PositionRecorded p => new()
            {
                Party = p.Party, Stance = JsonNamingPolicy.CamelCase.ConvertName(p.Stance.ToString()), State = state, Statement = p.Statement,
                Ground = p.Ground, Rating = p.Rating, Independence = p.Independence, Since = record.Since, Source = p.Source,
                Citation = p.Citation ?? p.Url, Event = record.Id, Position = record.Position,
            },
            ConcernExpressed c => new()
            {
                Party = c.Publisher, Stance = "concern", State = state, Statement = c.Notice.Text, Ground = c.Reason, Since = record.Since,
                Source = c.Source, Citation = c.Citation ?? c.Notice.Url, Event = record.Id, Position = record.Position,
            },
            _ => null,
        };
    }
}
