using System.Text.Json;

namespace Ledger.Domain;

/// <summary>The key that tells the positions on one assertion apart. A later position with the same key takes the place of the earlier one.</summary>
internal sealed record PositionKey(string? Party, string Stance, Contests? Contests);

/// <summary>Who said what about a proposition: the attribution chain, and the stances that parties took, both open and withdrawn.</summary>
public static class StandingPositions
{
    private const string Open = "open";

    private static readonly string[] Words = [.. Enum.GetNames<Stance>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>
    /// The positions: first the attribution chain, then the stances by version. A position is left to the history when a later one of the same
    /// party and stance replaced it, or when it was withdrawn and taken again.
    /// </summary>
    public static IReadOnlyList<StandingPosition> Of(Assertion state)
    {
        if (state.Claim is not { } claim)
        {
            return [];
        }

        var positions = new List<StandingPosition>();
        foreach (var link in state.Content.Attribution)
        {
            positions.Add(new()
            {
                Party = link.Party, Description = link.Description, Stance = positions.Count == 0 ? "asserts" : "relays", State = Open,
                Since = claim.Since, Source = ((ClaimRecorded)claim.Event).Source, Event = claim.Id, Position = claim.Position,
            });
        }

        var chain = positions.Count;
        IReadOnlyList<Entry> entries = state.Entries.InOrder;
        if (!state.Entries.Withdrawn.IsEmpty)
        {
            List<Entry> all = [.. entries, .. state.Entries.Withdrawn.Values];
            all.Sort(static (a, b) => a.Record.Version.CompareTo(b.Record.Version));
            entries = all;
        }

        foreach (var entry in entries)
        {
            if (Of(entry) is { } position)
            {
                positions.Add(position);
            }
        }

        RemoveReplaced(positions, chain);
        return positions;
    }

    /// <summary>Removes each withdrawn position that is followed by another, open or withdrawn, of the same party, stance and contested part.</summary>
    private static void RemoveReplaced(List<StandingPosition> positions, int from)
    {
        if (positions.FindIndex(from, p => p.State != Open) < 0)
        {
            return;
        }

        var later = new HashSet<(string? Party, string Stance, Contests? Contests)>();
        for (var i = positions.Count - 1; i >= from; i--)
        {
            var p = positions[i];
            if (!later.Add((p.Party, p.Stance, p.Contests)) && p.State != Open)
            {
                positions.RemoveAt(i);
            }
        }
    }

    /// <summary>The key of an event that takes a position; null for other events.</summary>
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
                Party = p.Party, Stance = WordOf(p.Stance), State = state, Statement = p.Statement,
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

    private static string WordOf(Stance stance) => Words[(int)stance];
}
