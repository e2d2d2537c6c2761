namespace Ledger.Domain;

/// <summary>Where a party stands towards a proposition that it neither made nor denies.</summary>
public enum Stance
{
    /// <summary>Confirms it from knowledge of its own.</summary>
    Corroborates,

    /// <summary>Doubts or contests it without denying.</summary>
    Disputes,

    /// <summary>Grants it.</summary>
    Concedes,

    /// <summary>Judged it in a published review.</summary>
    Rules,

    /// <summary>Was asked and would not comment.</summary>
    NoComment,

    /// <summary>Was asked and did not answer.</summary>
    NoReply,
}

/// <summary>Whether a corroboration has an origin of its own.</summary>
public enum Independence
{
    /// <summary>Its own knowledge.</summary>
    Independent,

    /// <summary>The same origin.</summary>
    SameOrigin,

    /// <summary>Not known.</summary>
    Unknown,
}

/// <summary>A party took a position.</summary>
public sealed record PositionRecorded : LedgerEvent
{
    /// <summary>Who.</summary>
    public string Party { get; init; } = Erased.Text;

    /// <summary>Which.</summary>
    public Stance Stance { get; init; }

    /// <summary>In which words.</summary>
    public string? Statement { get; init; }

    /// <summary>On which ground.</summary>
    public string? Ground { get; init; }

    /// <summary>For a corroboration: of which origin.</summary>
    public Independence? Independence { get; init; }

    /// <summary>For a published review: its own words of judgement.</summary>
    public string? Rating { get; init; }

    /// <summary>Where the review or statement stands.</summary>
    public string? Url { get; init; }

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL where none is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>Records a position.</summary>
public sealed record TakePosition : CitingCommand
{
    /// <summary>Who.</summary>
    public required string Party { get; init; }

    /// <summary>Which.</summary>
    public required Stance Stance { get; init; }

    /// <summary>In which words.</summary>
    public string? Statement { get; init; }

    /// <summary>On which ground.</summary>
    public string? Ground { get; init; }

    /// <summary>For a corroboration: of which origin.</summary>
    public Independence? Independence { get; init; }

    /// <summary>For a published review: its rating, verbatim.</summary>
    public string? Rating { get; init; }

    /// <summary>Where the review or statement stands; it is a citation too.</summary>
    public string? Url { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => [.. base.References, Reference.Party(Party, "party")];

    internal override string? SpeaksFor => Party;

    internal override bool Cites => base.Cites || Url is not null;

    internal override void Check(Checks checks)
    {
        base.Check(checks);
        checks.Id(Party, "party");
        checks.OptionalText(Statement, "statement", Limits.StatementCodePointsMax);
        checks.OptionalText(Ground, "ground", Limits.LineCodePointsMax);
        checks.OptionalText(Rating, "rating", Limits.LineCodePointsMax);
        checks.OptionalUrl(Url, "url");
        checks.That(Independence is null || Stance == Stance.Corroborates, "independence", "belongs to the stance corroborates alone.");
        checks.That(Rating is null || Stance == Stance.Rules, "rating", "belongs to the stance rules alone: a published review.");
        checks.That(Stance != Stance.Rules || Rating is not null, "rating", "a published review has a rating; give it in its own words.");
    }

    /// <summary>One open position a party and stance: the same again changes nothing, another one takes its place.</summary>
    internal static Decision Decide(Assertion state, TakePosition command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            if (!command.Cites)
            {
                return CitingCommand.NoCitation;
            }

            var position = new PositionRecorded
            {
                Party = command.Party, Stance = command.Stance, Statement = command.Statement, Ground = command.Ground,
                Independence = command.Independence, Rating = command.Rating, Url = command.Url, Source = command.Source, Citation = command.Citation,
            };
            return state.Entries.Standing<PositionRecorded>().Any(p => p.Event.Party == position.Party && Same.Event(p.Event, position))
                ? Decision.Nothing
                : Decision.Accept(stamp(position));
        });

    internal static Assertion Evolve(Assertion state, Recorded e, PositionRecorded position)
    {
        var open = state.Entries.Standing<PositionRecorded>().FirstOrDefault(p => p.Event.Party == position.Party && p.Event.Stance == position.Stance);
        var entries = open.Record is null ? state.Entries : state.Entries.Close(open.Record.Id, e, Closing.Updated);
        return state with { Entries = entries.Add(e) };
    }
}
