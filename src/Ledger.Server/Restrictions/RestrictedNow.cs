using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>What the public may not read at this moment, whatever moment it asks about.</summary>
internal sealed record RestrictedNow(IReadOnlySet<string> Assertions, IReadOnlySet<string> Sources)
{

    internal static readonly string LinkedType = EventTypes.NameOf(typeof(Linked));

    /// <summary>What is hidden from an auditor.</summary>
    internal static RestrictedNow Nothing { get; } = new(new HashSet<string>(), new HashSet<string>()) { HidesAccess = false };

    /// <summary>Whether events about access to the ledger itself are hidden: from everybody but auditors, for good.</summary>
    internal bool HidesAccess { get; init; } = true;

    /// <summary>The assertions of each restricted source.</summary>
    internal IReadOnlyList<IReadOnlySet<string>> AssertionsOfSources { get; init; } = [];

    /// <summary>The restrictions that have ended, in order of their ends.</summary>
    internal IReadOnlyList<RestrictionEnd> Ends { get; init; } = [];

    /// <summary>Up to where the log was read for this.</summary>
    internal long Position { get; init; }

    internal bool IsEmpty => Assertions.Count + Sources.Count == 0;

    /// <summary>Whether an assertion is restricted, itself or through its source.</summary>
    internal bool Hides(string assertion, string? source) => Assertions.Contains(assertion) || (source is not null && Sources.Contains(source));

    /// <summary>Whether a link would quote words of something restricted: theirs at its target, or ours of a successor.</summary>
    internal bool HidesWordsOf(Linked link) =>
        (link.Differences.Any(d => d.Theirs is not null) && HidesTarget(link.To))
        || (link.SupersededBy is { } successor && link.Differences.Any(d => d.Ours is not null) && HidesAssertion(successor));

    /// <summary>Whether everything in a stream is hidden, whatever is restricted: what tells of access.</summary>
    internal bool HidesStream(string stream) => HidesAccess && Ids.IsOfAccess(stream);

    /// <summary>Whether a recorded event belongs to something restricted, quotes it, or tells of access.</summary>
    internal bool Hides(RecordedEvent e)
    {
        if (HidesStream(e.Stream))
        {
            return true;
        }

        if (IsEmpty)
        {
            return false;
        }

        if (e.Type == LinkedType && HidesWordsOf((Linked)EventTypes.Deserialize(e.Type, e.Data)))
        {
            return true;
        }

        var (type, id) = Ids.OfStream(e.Stream);
        return type switch
        {
            "assertion" => Assertions.Contains(id)
                || (Sources.Count > 0 && RestrictionEnd.SourcesOf(e).Any(Sources.Contains)),
            "source" => Sources.Contains(id),
            _ => false,
        };
    }

    /// <summary>The first end in a range of positions; null where there is none.</summary>
    internal RestrictionEnd? FirstEnd(long after, long upTo)
    {
        var index = FirstAfter(after);
        return index < Ends.Count && Ends[index].Position <= upTo ? Ends[index] : null;
    }

    /// <summary>The end of a source's restriction that is told at a position; null for any other.</summary>
    internal RestrictionEnd? EndOfSourceAt(long position) => FirstEnd(position - 1, position) is { Source: not null } end ? end : null;

    /// <summary>The last end of a restriction that hid an event which was recorded before it; null where the event was never withheld.</summary>
    /// <param name="e">The event.</param>
    /// <param name="isHeld">Whether only a restriction counts under which the event was recorded.</param>
    internal RestrictionEnd? LastEndOver(RecordedEvent e, bool isHeld = false)
    {
        for (var i = Ends.Count - 1; i >= 0 && Ends[i].Position > e.Position; i--)
        {
            if ((!isHeld || Ends[i].From < e.Position) && Ends[i].Covers(e))
            {
                return Ends[i];
            }
        }

        return null;
    }

    private bool HidesTarget(LinkTarget target) => target.Assertion is { } id ? HidesAssertion(id) : Sources.Contains(target.Source!.Source);

    private bool HidesAssertion(string id) => Assertions.Contains(id) || AssertionsOfSources.Any(s => s.Contains(id));

    private int FirstAfter(long position)
    {
        var (low, high) = (0, Ends.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Ends[middle].Position > position ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
