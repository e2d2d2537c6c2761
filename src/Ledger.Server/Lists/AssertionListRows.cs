namespace Ledger.Server;

/// <summary>The rows that some events of the log make: those of a page while the service runs, those of a whole stream during a rebuild.</summary>
internal sealed class AssertionListRows
{
    private readonly Dictionary<string, TemporalRow> _current = new(StringComparer.Ordinal);
    private readonly HashSet<string> _existing = new(StringComparer.Ordinal);

    /// <summary>States that a newer state has replaced.</summary>
    internal List<TemporalRow> History { get; } = [];

    /// <summary>Contents to which states refer for the first time.</summary>
    internal List<AssertionContent> Contents { get; } = [];

    /// <summary>Terms that an assertion says for the first time.</summary>
    internal List<AssertionTerms> Terms { get; } = [];

    internal List<LateEvent> Late { get; } = [];

    internal IReadOnlyCollection<TemporalRow> Current => _current.Values;

    /// <summary>What was known in the windows; patches without an end still hold.</summary>
    internal List<TemporalRow> Patches { get; private set; } = [];

    /// <summary>The assertions that had a current row before.</summary>
    internal string[] Existing => [.. _existing];

    /// <summary>Takes an event. Its timeline must be at the state before it.</summary>
    internal void Take(AssertionTimeline timeline, Domain.Recorded e)
    {
        var was = timeline.Row;
        var wasKnownFrom = was is null ? default : timeline.KnownFrom;
        var late = timeline.Advance(e);
        if (timeline.Row is { } row)
        {
            Move(was, wasKnownFrom, row, e.Position, timeline.KnownFrom);
            Contents.AddRange(timeline.TakeNewContents());
            if (timeline.TakeNewTerms() is { Length: > 0 } terms)
            {
                Terms.Add(new(row.Id, e.Position, terms));
            }
        }

        if (late is not null)
        {
            Patch(late);
        }
    }

    /// <summary>Gives the patches that have an end, and forgets them.</summary>
    internal List<TemporalRow> TakeEnded()
    {
        var ended = Patches.FindAll(p => p.ToPosition is not null);
        Patches = Patches.FindAll(p => p.ToPosition is null);
        return ended;
    }

    private void Move(AssertionRow? was, DateTimeOffset wasKnownFrom, AssertionRow row, long position, DateTimeOffset knownFrom)
    {
        if (was is not null)
        {
            History.Add(new(was, was.Position, position, wasKnownFrom, knownFrom));
            if (!_current.ContainsKey(row.Id))
            {
                _existing.Add(row.Id);
            }
        }

        _current[row.Id] = new(row, position, null, knownFrom, null);
    }

    private void Patch(LateEvent late)
    {
        Late.Add(late);
        for (var i = 0; i < Patches.Count; i++)
        {
            if (Patches[i] is { ToPosition: null } open && open.Row.Id == late.Id && (late.GivesUp || open.KnownTo > late.Known))
            {
                Patches[i] = open with { ToPosition = late.Position };
            }
        }

        Patches.AddRange(late.Segments);
    }
}
