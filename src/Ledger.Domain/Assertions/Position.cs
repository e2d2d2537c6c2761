namespace Ledger.Domain;

/// <summary>The stance of a party towards a proposition that it neither made nor denies.</summary>
public enum Stance
{
    /// <summary>The party confirms it from its own knowledge.</summary>
    Corroborates,

    /// <summary>The party doubts or contests it without denying it.</summary>
    Disputes,

    /// <summary>The party grants that it is true.</summary>
    Concedes,

    /// <summary>The party judged it in a published review.</summary>
    Rules,

    /// <summary>The party was asked and declined to comment.</summary>
    NoComment,

    /// <summary>The party was asked and did not answer.</summary>
    NoReply,
}

/// <summary>Whether a corroboration has an origin of its own.</summary>
public enum Independence
{
    /// <summary>It rests on the party's own knowledge.</summary>
    Independent,

    /// <summary>It goes back to the same origin as the proposition.</summary>
    SameOrigin,

    /// <summary>The origin is not known.</summary>
    Unknown,
}

/// <summary>A party took a position.</summary>
public sealed record PositionRecorded : LedgerEvent
{
    /// <summary>The party that takes the position.</summary>
    public string Party { get; init; } = Erased.Text;

    /// <summary>The stance that it takes.</summary>
    public Stance Stance { get; init; }

    /// <summary>The words of the party.</summary>
    public string? Statement { get; init; }

    /// <summary>The ground for the position.</summary>
    public string? Ground { get; init; }

    /// <summary>For a corroboration: whether its origin is independent.</summary>
    public Independence? Independence { get; init; }

    /// <summary>For a published review: its rating, verbatim.</summary>
    public string? Rating { get; init; }

    /// <summary>The URL of the review or statement.</summary>
    public string? Url { get; init; }

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>Records a position.</summary>
public sealed record TakePosition : CitingCommand
{
    /// <summary>The party that takes the position.</summary>
    public required string Party { get; init; }

    /// <summary>The stance that it takes.</summary>
    public required Stance Stance { get; init; }

    /// <summary>The words of the party.</summary>
    public string? Statement { get; init; }

    /// <summary>The ground for the position.</summary>
    public string? Ground { get; init; }

    /// <summary>For a corroboration: whether its origin is independent.</summary>
    public Independence? Independence { get; init; }

    /// <summary>For a published review: its rating, verbatim.</summary>
    public string? Rating { get; init; }

    /// <summary>The URL of the review or statement; it counts as a citation.</summary>
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

    /// <summary>Each party has at most one open position of each stance. The same position again changes nothing; another one takes its place.</summary>
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
