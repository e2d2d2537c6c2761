using System.Text.Json;

namespace Ledger.Domain;

/// <summary>What tells the positions on one assertion apart: a later one with the same key takes the place of the earlier.</summary>
internal sealed record PositionKey(string? Party, string Stance, Contests? Contests);

/// <summary>Who said what of a proposition: the chain that carries it, and the stances taken towards it, open and withdrawn.</summary>
public static class StandingPositions
{
    private const string Open = "open";

    private static readonly string[] Words = [.. Enum.GetNames<Stance>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>
    /// The positions, the chain first, then by version. What a later one of the same party and stance replaced,
    /// or what was withdrawn and said again, is left to the history.
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

    /// <summary>Keeps what is open, and of what is not the last of each party and stance, if nothing after it is open.</summary>
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
