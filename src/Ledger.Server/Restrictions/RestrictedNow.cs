using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>What the public may not read now, whatever past moment it asks about.</summary>
internal sealed record RestrictedNow(IReadOnlySet<string> Assertions, IReadOnlySet<string> Sources)
{

    internal static readonly string LinkedType = EventTypes.NameOf(typeof(Linked));

    /// <summary>Hides nothing. This is the value for auditors.</summary>
    internal static RestrictedNow Nothing { get; } = new(new HashSet<string>(), new HashSet<string>()) { HidesAccess = false };

    /// <summary>Whether events about access to the ledger itself are hidden. They are always hidden, except from auditors.</summary>
    internal bool HidesAccess { get; init; } = true;

    /// <summary>The assertions of each restricted source.</summary>
    internal IReadOnlyList<IReadOnlySet<string>> AssertionsOfSources { get; init; } = [];

    /// <summary>The restrictions that have ended, in order of their ends.</summary>
    internal IReadOnlyList<RestrictionEnd> Ends { get; init; } = [];

    /// <summary>The position up to which the log was read.</summary>
    internal long Position { get; init; }

    internal bool IsEmpty => Assertions.Count + Sources.Count == 0;

    /// <summary>Whether an assertion is restricted, itself or through its source.</summary>
    internal bool Hides(string assertion, string? source) => Assertions.Contains(assertion) || (source is not null && Sources.Contains(source));

    /// <summary>Whether a link would quote words of something restricted: the words of its target (theirs), or those of a successor (ours).</summary>
    internal bool HidesWordsOf(Linked link) =>
        (link.Differences.Any(d => d.Theirs is not null) && HidesTarget(link.To))
        || (link.SupersededBy is { } successor && link.Differences.Any(d => d.Ours is not null) && HidesAssertion(successor));

    /// <summary>Whether a whole stream is hidden because it is about access, independent of any restriction.</summary>
    internal bool HidesStream(string stream) => HidesAccess && Ids.IsOfAccess(stream);

    /// <summary>Whether a recorded event must be hidden: it belongs to something restricted, quotes it, or is about access.</summary>
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

    /// <summary>The first end of a restriction in a range of positions. Null if there is none.</summary>
    internal RestrictionEnd? FirstEnd(long after, long upTo)
    {
        var index = FirstAfter(after);
        return index < Ends.Count && Ends[index].Position <= upTo ? Ends[index] : null;
    }

    /// <summary>The end of a source's restriction that is recorded at a position. Null if there is no such end.</summary>
    internal RestrictionEnd? EndOfSourceAt(long position) => FirstEnd(position - 1, position) is { Source: not null } end ? end : null;

    /// <summary>
    /// The last end of a restriction that hid an event. The event must be recorded before that end. Null if no ended restriction hid the event.
    /// </summary>
    /// <param name="e">The event.</param>
    /// <param name="isHeld">Whether only restrictions count that were already in force when the event was recorded.</param>
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
