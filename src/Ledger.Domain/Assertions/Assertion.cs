using System.Collections.Immutable;

namespace Ledger.Domain;

/// <summary>One proposition as one source version states it, and what became of it. This is the state to which its stream folds.</summary>
public sealed record Assertion
{
    /// <summary>The state before the first event.</summary>
    public static Assertion None { get; } = new();

    /// <summary>Its id, the stream's name without the prefix.</summary>
    public string Id { get; init; } = "";

    /// <summary>The recording of the claim; null while the claim is not recorded, or was not yet known at the requested moment.</summary>
    public Recorded? Claim { get; init; }

    /// <summary>What the assertion says now, after corrections and amendments.</summary>
    public Content Content { get; init; } = new();

    /// <summary>The denials, positions, links, evidence, requests, retractions, concerns, upstream changes and restrictions, both open and closed.</summary>
    public Entries Entries { get; init; } = Entries.None;

    /// <summary>Corrections, clarifications and updates, oldest first.</summary>
    public ImmutableList<Recorded> Corrections { get; init; } = [];

    /// <summary>The recorder's own clerical corrections, oldest first.</summary>
    public ImmutableList<Recorded> Amendments { get; init; } = [];

    /// <summary>The ids of the notices that touched it.</summary>
    public ImmutableHashSet<string> Notices { get; init; } = [];

    /// <summary>The answers that reject an upstream change as not applicable. They stay visible.</summary>
    public ImmutableList<Recorded> Rejections { get; init; } = [];

    /// <summary>
    /// What became of its evidence in later versions of the source, by the id of the event that attached it. It is read from the source's stream.
    /// </summary>
    public ImmutableDictionary<Guid, (Recorded Capture, bool Found, bool Typographic)> Searched { get; init; } = ImmutableDictionary<Guid, (Recorded, bool, bool)>.Empty;

    /// <summary>The number of the stream's events so far, events of unknown types included.</summary>
    public long Version { get; init; }

    /// <summary>The position of the newest event.</summary>
    public long Position { get; init; }

    /// <summary>When the newest event was recorded.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>The notice with this id, as it was recorded on this assertion; null where no such notice touched it.</summary>
    internal Notice? NoticeOf(string id) => !Notices.Contains(id)
        ? null
        : Corrections.Select(r => ((CorrectionIssued)r.Event).Notice)
            .Concat(Entries.All<RetractionIssued>().Select(r => r.Event.Notice))
            .Concat(Entries.All<ConcernExpressed>().Select(r => r.Event.Notice))
            .First(n => n.Id == id);

    /// <summary>Whether a full retraction is in force.</summary>
    public bool IsRetracted => Entries.Standing<RetractionIssued>().Any(r => r.Event.Extent == Extent.Full);

    /// <summary>Decides a command on an assertion. The function is pure: time and identity are arguments.</summary>
    /// <exception cref="System.Diagnostics.UnreachableException">The command is not one on a single assertion.</exception>
    public static Decision Decide(Assertion state, Command command, Circumstances c) => command switch
    {
        RecordClaim claim => RecordClaim.Decide(state, claim, c),
        AttachEvidence evidence => AttachEvidence.Decide(state, evidence, c),
        AddLink link => state.Apply(link, c, stamp => AddLink.Decide(Ids.AssertionStream(state.Id), state.Entries, link, c, stamp)),
        DenyAssertion denial => DenyAssertion.Decide(state, denial, c),
        TakePosition position => TakePosition.Decide(state, position, c),
        RequestAction request => RequestAction.Decide(state, request, c),
        AnswerAction answer => AnswerAction.Decide(state, answer, c),
        AmendEntry amendment => AmendEntry.Decide(state, amendment, c),
        RestrictAccess restriction => state.Apply(restriction, c, stamp => RestrictAccess.Decide(state.Entries, (state.Claim?.Event as ClaimRecorded)?.Publisher, restriction, c, stamp)),
        _ => throw new System.Diagnostics.UnreachableException($"{command.GetType().Name} is not a command on one assertion."),
    };

    /// <summary>Decides what a notice does to this assertion, which is one of the notice's items.</summary>
    public static Decision Decide(Assertion state, IssueNotice notice, NoticeItem item, string noticeId, Circumstances c) =>
        IssueNotice.Decide(state, notice, item, noticeId, c);

    /// <summary>Decides the withdrawal of an event of this assertion.</summary>
    public static Decision Decide(Assertion state, WithdrawEvent withdrawal, Guid id, Circumstances c) =>
        state.Apply(withdrawal, c, stamp => WithdrawEvent.Decide(state.Entries, withdrawal, id, c, stamp));

    /// <summary>The state after one more event. It never fails: an event that does not fit, or whose type is unknown, changes only the counters.</summary>
    public static Assertion Evolve(Assertion state, Recorded e)
    {
        var next = state with { Id = state.Id.Length > 0 ? state.Id : Ids.OfStream(e.Stream).Id, Version = e.Version, Position = e.Position, RecordedAt = e.RecordedAt };
        return e.Event switch
        {
            ClaimRecorded claim when state.Claim is null => next with { Claim = e, Content = claim.Content() },
            DenialRecorded denial => DenyAssertion.Evolve(next, e, denial),
            PositionRecorded position => TakePosition.Evolve(next, e, position),
            CorrectionIssued c => next with
            {
                Corrections = state.Corrections.Add(e),
                Notices = state.Notices.Add(c.Notice.Id),
                Content = Change.Fold(state.Content, c.Changes),
                Entries = UpstreamChanged.Met(state.Entries, e, c),
            },
            UpstreamChanged change => UpstreamChanged.Evolve(next, e, change),
            RetractionIssued retraction => next with { Entries = retraction.TakePlace(state.Entries, e).Add(e), Notices = state.Notices.Add(retraction.Notice.Id) },
            ConcernExpressed concern => next with { Entries = state.Entries.Add(e), Notices = state.Notices.Add(concern.Notice.Id) },
            EvidenceAttached or Linked or ActionRequested or AccessRestricted => next with { Entries = state.Entries.Add(e) },
            ActionAnswered answer => AnswerAction.Evolve(next, e, answer),
            Withdrawn withdrawn => UpstreamChanged.WithoutLink(next with { Entries = state.Entries.Withdraw(withdrawn.Event, e) }, e, withdrawn.Event),
            EntryAmended a => next with
            {
                Amendments = state.Amendments.Add(e),
                Content = Change.Fold(state.Content, [new(a.Field, a.Before, a.After)]),
            },
            _ => next,
        };
    }

    /// <summary>
    /// The state after a later version of the source was captured. That event belongs to the source's stream. Only its findings on this
    /// assertion's evidence count.
    /// </summary>
    public static Assertion Evolve(Assertion state, Recorded capture, VersionCaptured version) => version.Evidence
        .Where(o => o.Assertion == state.Id && (o.Found || !state.Searched.TryGetValue(o.Evidence, out var known) || known.Found))
        .Aggregate(state, (s, o) => s with { Searched = s.Searched.SetItem(o.Evidence, (capture, o.Found, o.Typographic)) });

    /// <summary>Folds the events of a stream, beginning with <see cref="None"/>.</summary>
    public static Assertion Fold(IEnumerable<Recorded> events) => events.Aggregate(None, Evolve);

    /// <summary>The checks that all commands on a recorded assertion share.</summary>
    internal Decision Apply(Command command, Circumstances c, Func<Func<LedgerEvent, LedgerEvent>, Decision> decide)
    {
        // Evidence, links and amendments concern what the claim already made public. Other acts have a publication of their own.
        var fallback = command is AttachEvidence or AddLink or AmendEntry ? Claim?.Event.PublishedAt : null;
        return Rules.Apply(command, c, fallback, stamp => Claim is null
            ? Decision.Refuse(RefusalCode.NotFound, "No assertion has this id; record it with POST /v1/assertions.")
            : decide(stamp));
    }
}
