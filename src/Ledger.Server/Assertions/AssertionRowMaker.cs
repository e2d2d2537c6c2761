using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Makes the rows of one assertion's states, one after another: what a state shares with the one before is not made again.</summary>
internal sealed class AssertionRowMaker
{
    private readonly HashSet<AssertionContent> _contents = new(AssertionContent.Same);
    private readonly List<AssertionContent> _newContents = [];
    private readonly HashSet<string> _saidParties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _saidWords = new(StringComparer.Ordinal);

    /// <summary>Of the row at hand; kept for their size.</summary>
    private readonly HashSet<string> _parties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly List<int> _newTerms = [];
    private Dictionary<Guid, string[]> _openStatements = [];

    /// <summary>The words of what was open in the row before.</summary>
    private Dictionary<Guid, string[]> _statements = [];
    private (Content Of, AssertionContent Content)? _last;

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

    /// <summary>What the rows since the last call said for the first time: whoever looks for it finds every state that says it.</summary>
    internal int[] TakeNewTerms()
    {
        int[] terms = [.. _newTerms];
        _newTerms.Clear();
        return terms;
    }

    /// <summary>The contents that the rows since the last call refer to for the first time.</summary>
    internal AssertionContent[] TakeNewContents()
    {
        AssertionContent[] contents = [.. _newContents];
        _newContents.Clear();
        return contents;
    }

    private AssertionContent ContentOf(Assertion state, ClaimRecorded claim)
    {
        if (_last is { } last && AssertionContent.IsOf(last.Of, state.Content))
        {
            return last.Content;
        }

        // Of the corrections other ones may count now: what they make may have been there before.
        var made = AssertionContent.Of(state, claim, _contents.Count + 1);
        if (!_contents.TryGetValue(made, out var content))
        {
            content = made;
            _contents.Add(made);
            _newContents.Add(made);
            Say(made.Words);
        }

        _last = (state.Content, content);
        return content;
    }

    private string[] PartiesOf(IReadOnlyList<StandingPosition> positions, string publisher)
    {
        _parties.Clear();
        _parties.Add(publisher);
        foreach (var position in positions)
        {
            if (position.Party is { } party)
            {
                _parties.Add(party);
            }
        }

        string[] sorted = [.. _parties];
        Array.Sort(sorted, StringComparer.Ordinal);
        foreach (var party in sorted)
        {
            if (_saidParties.Add(party))
            {
                _newTerms.Add(AssertionTerms.OfParty(party));
            }
        }

        return sorted;
    }

    private string[] WordsOf(IReadOnlyList<StandingPosition> positions)
    {
        _words.Clear();
        _openStatements.Clear();
        foreach (var position in positions)
        {
            if (position is { State: "open", Statement: { } statement })
            {
                if (!_statements.TryGetValue(position.Event, out var said))
                {
                    said = FullText.Words(statement);
                    Say(said);
                }

                _openStatements[position.Event] = said;
                _words.UnionWith(said);
            }
        }

        (_statements, _openStatements) = (_openStatements, _statements);
        return [.. _words];
    }

    private void Say(string[] words)
    {
        foreach (var word in words)
        {
            if (_saidWords.Add(word))
            {
                _newTerms.Add(AssertionTerms.OfWord(word));
            }
        }
    }
}
