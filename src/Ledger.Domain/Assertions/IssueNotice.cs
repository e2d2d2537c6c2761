
namespace Ledger.Domain;

/// <summary>What a notice does to one assertion.</summary>
public sealed record NoticeItem
{
    /// <summary>The assertion.</summary>
    public required string Assertion { get; init; }

    /// <summary>The changes, field by field; for a correction, clarification or update.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>For a retraction: how much is retracted; null means all.</summary>
    public Extent? Extent { get; init; }
}

/// <summary>Records a notice on one or several assertions. All of it is appended, or none.</summary>
public sealed record IssueNotice : CitingCommand
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The party that issues the notice: the publisher or, for a retraction, also a party of the attribution chain.</summary>
    public required string Publisher { get; init; }

    /// <summary>What the notice does.</summary>
    public required NoticeKind Kind { get; init; }

    /// <summary>The words of the notice, verbatim.</summary>
    public required string Text { get; init; }

    /// <summary>The URL of the notice; it counts as a citation.</summary>
    public string? Url { get; init; }

    /// <summary>Whether the notice changes what a reader takes from the assertion; null means substantive.</summary>
    public Materiality? Materiality { get; init; }

    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The assertions, each with what the notice does to it.</summary>
    public required IReadOnlyList<NoticeItem> Items { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References =>
    [
        .. base.References, Reference.Party(Publisher, "publisher"), .. ContentFields.References(Items.SelectMany(i => i.Changes), "changes.after"),
    ];

    internal override string? SpeaksFor => Publisher;

    internal override bool Cites => base.Cites || Url is not null;

    internal override void Check(Checks checks)
    {
        base.Check(checks);
        if (Id is not null)
        {
            checks.Id(Id, "id");
        }

        checks.Id(Publisher, "publisher");
        checks.Text(Text, "text", Limits.StatementCodePointsMax);
        checks.OptionalUrl(Url, "url");
        checks.Text(Reason, "reason", Limits.LineCodePointsMax);
        checks.OptionalText(Corrects, "corrects", Limits.WordCodePointsMax);
        checks.That(Items.Count > 0, "items", "is empty; name at least one assertion.");
        var corrects = Kind is NoticeKind.Correction or NoticeKind.Clarification or NoticeKind.Update;
        checks.That(Materiality is null || corrects, "materiality", "belongs to a correction, clarification or update.");
        checks.That(Corrects is null || Kind != NoticeKind.Concern, "corrects", "belongs to a correction, clarification, update or retraction.");
        var assertions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in checks.Items(Items, "items"))
        {
            checks.Id(item.Assertion, "items.assertion");
            checks.That(assertions.Add(item.Assertion), "items.assertion", "names an assertion twice.");
            foreach (var change in checks.Items(item.Changes, "items.changes"))
            {
                change.Check(checks, "changes");
            }

            checks.That(item.Changes.Count == 0 || corrects, "items.changes", "belong to a correction, clarification or update.");
            checks.That(item.Changes.Count > 0 || Kind != NoticeKind.Correction, "items.changes", "is empty; a correction says which field was what and is what.");
            checks.That(item.Extent is null || Kind == NoticeKind.Retraction, "items.extent", "belongs to a retraction.");
        }
    }

    /// <summary>The rule for one of the notice's assertions.</summary>
    internal static Decision Decide(Assertion state, IssueNotice command, NoticeItem item, string noticeId, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            if (!command.Cites)
            {
                return CitingCommand.NoCitation;
            }

            var claim = (ClaimRecorded)state.Claim!.Event;
            var speaks = command.Kind == NoticeKind.Retraction && state.Content.Attribution.Any(a => a.Party == command.Publisher);
            if (command.Publisher != claim.Publisher && !speaks)
            {
                return Decision.Refuse(RefusalCode.NotThePublisher,
                    $"{claim.Publisher} publishes {state.Id}: only it issues this notice. Others deny, take a position, or request (POST …/requests).", "publisher");
            }

            if (command.Corrects is { } earlier && !state.Notices.Contains(earlier))
            {
                return Decision.Refuse(RefusalCode.UnknownReference, $"No notice {earlier} was recorded on {state.Id}.", "corrects");
            }

            var notice = new Notice(noticeId, command.Text, command.Url);
            if (state.NoticeOf(noticeId) is { } known && known != notice)
            {
                return Decision.Refuse(RefusalCode.IdTaken, $"Another notice on {state.Id} has the id {noticeId}; choose another id, or leave it out.", "id");
            }

            return command.Kind switch
            {
                NoticeKind.Retraction => Retract(state, command, item, notice, stamp),
                NoticeKind.Concern => Concern(state, command, notice, stamp),
                _ => Correct(state, command, item, notice, c, stamp),
            };
        });

    private static Decision Correct(
        Assertion state, IssueNotice command, NoticeItem item, Notice notice, Circumstances c, Func<LedgerEvent, LedgerEvent> stamp)
    {
        var correction = new CorrectionIssued
        {
            Notice = notice, Publisher = command.Publisher, Kind = command.Kind,
            Materiality = command.Materiality ?? Domain.Materiality.Substantive,
            Changes = [.. item.Changes.Select(change => change.Resolved(c.Zone))], Reason = command.Reason, Corrects = command.Corrects, Source = command.Source, Citation = command.Citation,
        };
        // The same notice may be sent again, with or without its id. Its work is then already done.
        var repeated = state.Corrections.Any(r =>
            r.Event is CorrectionIssued done
            && Same.Event(command.Id is null ? done with { Notice = done.Notice with { Id = notice.Id } } : done, correction));
        if (repeated && (command.Id is not null || item.Changes.Count == 0 || !ContentFields.Holds(
            state.Content, item.Changes[0].Field, item.Changes[0].Before)))
        {
            return Decision.Nothing;
        }

        if (state.IsRetracted)
        {
            return Decision.Refuse(RefusalCode.Retracted, $"{state.Id} is retracted; withdraw the retraction first (POST /v1/events/{{eventId}}/withdrawal).");
        }

        var (_, refused) = Change.ApplyAll(state.Content, item.Changes, ContentFields.IsCorrectable, c.Zone, "changes");
        return refused ?? Decision.Accept(stamp(correction));
    }

    private static Decision Retract(Assertion state, IssueNotice command, NoticeItem item, Notice notice, Func<LedgerEvent, LedgerEvent> stamp)
    {
        var retraction = new RetractionIssued
        {
            Notice = notice, Publisher = command.Publisher, Extent = item.Extent ?? Extent.Full, Reason = command.Reason,
            Corrects = command.Corrects, Source = command.Source, Citation = command.Citation,
        };
        // After a full retraction there is nothing left to retract. So the withdrawal of the full one always reinstates the assertion.
        return state.Entries.Standing<RetractionIssued>().Any(r => r.Event.Publisher == command.Publisher
                && (r.Event.Extent == Extent.Full || (retraction.Extent == Extent.Partial && r.Event.Notice.Text == command.Text)))
            ? Decision.Nothing
            : Decision.Accept(stamp(retraction));
    }

    private static Decision Concern(Assertion state, IssueNotice command, Notice notice, Func<LedgerEvent, LedgerEvent> stamp)
    {
        var concern = new ConcernExpressed
        {
            Notice = notice, Publisher = command.Publisher, Reason = command.Reason, Source = command.Source, Citation = command.Citation,
        };
        return state.Entries.Standing<ConcernExpressed>().Any(e => e.Event.Publisher == command.Publisher && e.Event.Notice.Text == command.Text)
            ? Decision.Nothing
            : Decision.Accept(stamp(concern));
    }
}
