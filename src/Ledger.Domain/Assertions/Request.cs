namespace Ledger.Domain;

/// <summary>What somebody asks of a publisher.</summary>
public enum RequestKind
{
    /// <summary>To correct.</summary>
    Correction,

    /// <summary>To remove.</summary>
    Removal,

    /// <summary>To answer, or to be heard.</summary>
    Reply,

    /// <summary>To look again.</summary>
    Review,
}

/// <summary>What came of it.</summary>
public enum Outcome
{
    /// <summary>Refused.</summary>
    Declined,

    /// <summary>Will be done.</summary>
    Agreed,

    /// <summary>Answered in words.</summary>
    Replied,

    /// <summary>Taken note of.</summary>
    Noted,

    /// <summary>The text was changed.</summary>
    Updated,

    /// <summary>The text was removed.</summary>
    Removed,

    /// <summary>Judged not to apply.</summary>
    Rejected,
}

/// <summary>Somebody asked for a correction, a removal, a reply or a review.</summary>
public sealed record ActionRequested : LedgerEvent
{
    /// <summary>Who asks.</summary>
    public string Requester { get; init; } = Erased.Text;

    /// <summary>For what.</summary>
    public RequestKind Kind { get; init; }

    /// <summary>In which words.</summary>
    public string Text { get; init; } = Erased.Text;

    /// <summary>By when.</summary>
    public StatedTime? Deadline { get; init; }
}

/// <summary>A request, or an upstream change, was answered.</summary>
public sealed record ActionAnswered : LedgerEvent
{
    /// <summary>The request's event.</summary>
    public Guid? Request { get; init; }

    /// <summary>The position of the upstream change.</summary>
    public long? Upstream { get; init; }

    /// <summary>Who answers.</summary>
    public string By { get; init; } = Erased.Text;

    /// <summary>With what.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>In which words.</summary>
    public string? Note { get; init; }
}

/// <summary>Records a request.</summary>
public sealed record RequestAction : Command
{
    /// <summary>Who asks.</summary>
    public required string Requester { get; init; }

    /// <summary>For what.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>In which words.</summary>
    public required string Text { get; init; }

    /// <summary>By when.</summary>
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
    /// <summary>The request's event.</summary>
    public Guid? Request { get; init; }

    /// <summary>The position of the upstream change, or of its cause.</summary>
    public long? Upstream { get; init; }

    /// <summary>Who answers.</summary>
    public required string By { get; init; }

    /// <summary>With what.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>In which words.</summary>
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
            // The last answer counts: one that was rejected may be noted later, and the other way round.
            state = UpstreamChanged.WithoutRejection(state, change);
            state = answer.Outcome == Outcome.Rejected ? state with { Rejections = state.Rejections.Add(e) } : state;
        }

        return id is { } answered ? state with { Entries = state.Entries.Answer(answered, e) } : state;
    }
}
