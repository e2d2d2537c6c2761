using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Makes the rows of one assertion's states, one after another. What a state shares with the one before is not made again.</summary>
internal sealed class AssertionRowMaker
{
    private readonly HashSet<AssertionContent> _contents = new(AssertionContent.Same);
    private readonly List<int> _said = [];      // ascending
    private List<AssertionContent>? _newContents;
    private List<int>? _newTerms;

    /// <summary>
    /// The words of the statements that were open in the row before, and the dictionary of the row before that, which is used again. Both are null
    /// while nothing is open, because thousands of these makers are kept.
    /// </summary>
    private Dictionary<Guid, string[]>? _statements;
    private Dictionary<Guid, string[]>? _spare;
    private (Content Of, AssertionContent Content)? _last;

    /// <summary>What the current row collects, one set per thread. It is emptied before each use.</summary>
    [ThreadStatic]
    private static HashSet<string>? collected;

    /// <summary>The row of a state that holds a claim; null of one that does not.</summary>
    internal AssertionRow? Of(Assertion state)
    {
        if (state.Claim is not { Event: ClaimRecorded claim })
        {
            return null;
        }

        var standing = Standing.Of(state);
        var (label, inPart) = StandingNumbers.OfLabel(standing.Label);
        var flags = 0;
        foreach (var flag in standing.Flags)
        {
            flags |= StandingNumbers.OfFlag(flag.Name);
        }

        return new(state.Id, state.Position, claim.Source.Id, claim.Publisher, ContentOf(state, claim))
        {
            Label = label, InPart = inPart, Summary = standing.Summary, Lifecycle = standing.Lifecycle, Flags = flags,
            Parties = PartiesOf(standing.Positions, claim.Publisher), Words = WordsOf(standing.Positions),
            ChangedAt = state.RecordedAt, Version = state.Version,
        };
    }

    /// <summary>The terms that the rows since the last call said for the first time. Whoever looks for a term finds every state that says it.</summary>
    internal int[] TakeNewTerms()
    {
        int[] terms = [.. _newTerms ?? []];
        _newTerms = null;
        return terms;
    }

    /// <summary>The contents that the rows since the last call refer to for the first time.</summary>
    internal AssertionContent[] TakeNewContents()
    {
        AssertionContent[] contents = [.. _newContents ?? []];
        _newContents = null;
        return contents;
    }

    private AssertionContent ContentOf(Assertion state, ClaimRecorded claim)
    {
        if (_last is { } last && AssertionContent.IsOf(last.Of, state.Content))
        {
            return last.Content;
        }

        // Other corrections may count now, so the same content may have been made before.
        var made = AssertionContent.Of(state, claim, _contents.Count + 1);
        if (!_contents.TryGetValue(made, out var content))
        {
            content = made;
            _contents.Add(made);
            (_newContents ??= []).Add(made);
            Say(made.Words);
        }

        _last = (state.Content, content);
        return content;
    }

    private string[] PartiesOf(IReadOnlyList<StandingPosition> positions, string publisher)
    {
        var parties = Collected();
        parties.Add(publisher);
        foreach (var position in positions)
        {
            if (position.Party is { } party)
            {
                parties.Add(party);
            }
        }

        string[] sorted = [.. parties];
        Array.Sort(sorted, StringComparer.Ordinal);
        foreach (var party in sorted)
        {
            Say(AssertionTerms.OfParty(party));
        }

        return sorted;
    }

    private string[] WordsOf(IReadOnlyList<StandingPosition> positions)
    {
        var words = Collected();
        var open = _spare;
        open?.Clear();
        foreach (var position in positions)
        {
            if (position is { State: "open", Statement: { } statement })
            {
                if (_statements is null || !_statements.TryGetValue(position.Event, out var said))
                {
                    said = FullText.Words(statement);
                    Say(said);
                }

                (open ??= [])[position.Event] = said;
                words.UnionWith(said);
            }
        }

        (_statements, _spare) = (open, _statements);
        return [.. words];
    }

    private static HashSet<string> Collected()
    {
        var set = collected ??= new(StringComparer.Ordinal);
        set.Clear();
        return set;
    }

    private void Say(string[] words)
    {
        foreach (var word in words)
        {
            Say(AssertionTerms.OfWord(word));
        }
    }

    private void Say(int term)
    {
        var at = _said.BinarySearch(term);
        if (at < 0)
        {
            _said.Insert(~at, term);
            (_newTerms ??= []).Add(term);
        }
    }
}
