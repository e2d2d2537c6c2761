namespace Ledger.Domain;

/// <summary>What somebody asks of a publisher.</summary>
public enum RequestKind
{
    /// <summary>A correction.</summary>
    Correction,

    /// <summary>A removal.</summary>
    Removal,

    /// <summary>A reply, or a hearing.</summary>
    Reply,

    /// <summary>A new review.</summary>
    Review,
}

/// <summary>The outcome of a request or of an upstream change.</summary>
public enum Outcome
{
    /// <summary>The request was refused.</summary>
    Declined,

    /// <summary>The publisher will do what was asked.</summary>
    Agreed,

    /// <summary>The publisher answered in words.</summary>
    Replied,

    /// <summary>The publisher took note of it.</summary>
    Noted,

    /// <summary>The text was changed.</summary>
    Updated,

    /// <summary>The text was removed.</summary>
    Removed,

    /// <summary>The publisher judged that it does not apply.</summary>
    Rejected,
}

/// <summary>Somebody asked for a correction, a removal, a reply or a review.</summary>
public sealed record ActionRequested : LedgerEvent
{
    /// <summary>The party that asks.</summary>
    public string Requester { get; init; } = Erased.Text;

    /// <summary>What it asks for.</summary>
    public RequestKind Kind { get; init; }

    /// <summary>The words of the request.</summary>
    public string Text { get; init; } = Erased.Text;

    /// <summary>The time by which an answer is asked for.</summary>
    public StatedTime? Deadline { get; init; }
}

/// <summary>A request, or an upstream change, was answered.</summary>
public sealed record ActionAnswered : LedgerEvent
{
    /// <summary>The event id of the request; null where an upstream change is answered.</summary>
    public Guid? Request { get; init; }

    /// <summary>The log position of the upstream change; null where a request is answered.</summary>
    public long? Upstream { get; init; }

    /// <summary>The party that answers.</summary>
    public string By { get; init; } = Erased.Text;

    /// <summary>The outcome that it states.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>The words of the answer.</summary>
    public string? Note { get; init; }
}

/// <summary>Records a request.</summary>
public sealed record RequestAction : Command
{
    /// <summary>The party that asks.</summary>
    public required string Requester { get; init; }

    /// <summary>What it asks for.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>The words of the request.</summary>
    public required string Text { get; init; }

    /// <summary>The time by which an answer is asked for.</summary>
    public TimeInput? Deadline { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => [Reference.Party(Requester, "requester")];

    internal override string? SpeaksFor => Requester;

    internal override void Check(Checks checks)
    {
        checks.Id(Requester, "requester");
        checks.Text(Text, "text", Limits.StatementCodePointsMax);
    }

    internal static Decision Decide(Assertion state, RequestAction command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            var checks = new Checks();
            var deadline = Rules.Resolve(command.Deadline, "deadline", c, checks);
            var request = new ActionRequested { Requester = command.Requester, Kind = command.Kind, Text = command.Text, Deadline = deadline };
            return checks.Refusal is { } refusal
                ? new Decision.Refused(refusal)
                : state.Entries.Standing<ActionRequested>().Any(r => Same.Event(r.Event, request)) ? Decision.Nothing : Decision.Accept(stamp(request));
        });
}

/// <summary>Records the answer to a request or to an upstream change.</summary>
public sealed record AnswerAction : Command
{
    /// <summary>The event id of the request; null where an upstream change is answered.</summary>
    public Guid? Request { get; init; }

    /// <summary>The log position of the upstream change, or of its cause; null where a request is answered.</summary>
    public long? Upstream { get; init; }

    /// <summary>The party that answers.</summary>
    public required string By { get; init; }

    /// <summary>The outcome that it states.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The words of the answer.</summary>
    public string? Note { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => [Reference.Party(By, "by")];

    internal override string? SpeaksFor => By;

    internal override void Check(Checks checks)
    {
        checks.That(Request is null != Upstream is null, "request", "name either the request (its event id) or the upstream change (its position).");
        checks.Id(By, "by");
        checks.OptionalText(Note, "note", Limits.StatementCodePointsMax);
        checks.That(Upstream is null || Outcome is Outcome.Updated or Outcome.Noted or Outcome.Removed or Outcome.Rejected, "outcome",
            "of an upstream change is updated, noted, removed or rejected.");
    }

    internal static Decision Decide(Assertion state, AnswerAction command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            var upstream = state.Entries.All<UpstreamChanged>()
                .FirstOrDefault(u => u.Entry.Record.Position == command.Upstream || u.Event.Cause == command.Upstream).Entry;
            var entry = command.Request is not { } id ? upstream
                : state.Entries.Find(id) is { Record.Event: ActionRequested } request ? request
                : null;
            var answer = new ActionAnswered
            {
                Request = command.Request, Upstream = upstream?.Record.Position ?? command.Upstream, By = command.By,
                Outcome = command.Outcome, Note = command.Note,
            };
            return entry switch
            {
                null => Decision.Refuse(RefusalCode.NotOpen,
                    $"{state.Id} has no such request or upstream change; its history lists them.", command.Request is null ? "upstream" : "request"),
                { ClosedBy: not null, How: Closing.Withdrawn } => Decision.Refuse(RefusalCode.NotOpen, "The request was withdrawn; nothing is asked any more.", "request"),
                { ClosedBy.Event: ActionAnswered done } when Same.Event(done, answer) => Decision.Nothing,
                _ => Decision.Accept(stamp(answer)),
            };
        });

    internal static Assertion Evolve(Assertion state, Recorded e, ActionAnswered answer)
    {
        var id = answer.Request ?? state.Entries.All<UpstreamChanged>().FirstOrDefault(u => u.Entry.Record.Position == answer.Upstream).Entry?.Record.Id;
        if (answer.Upstream is { } change)
        {
            // The last answer counts: a rejection may be followed by another outcome, and the other way round.
            state = UpstreamChanged.WithoutRejection(state, change);
            state = answer.Outcome == Outcome.Rejected ? state with { Rejections = state.Rejections.Add(e) } : state;
        }

        return id is { } answered ? state with { Entries = state.Entries.Answer(answered, e) } : state;
    }
}
