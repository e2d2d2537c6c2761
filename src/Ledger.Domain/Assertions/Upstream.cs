namespace Ledger.Domain;

/// <summary>An assertion that this one restates or derives from was changed. The propagation policy appends this event, once for each cause.</summary>
public sealed record UpstreamChanged : LedgerEvent
{
    /// <summary>The assertion that changed.</summary>
    public string Upstream { get; init; } = Erased.Text;

    /// <summary>The log position of the event that changed it.</summary>
    public long Cause { get; init; }

    /// <summary>The stored type of that event.</summary>
    public string CauseType { get; init; } = Erased.Text;

    /// <summary>The id of that event.</summary>
    public Guid CauseId { get; init; }

    /// <summary>The fields that the event touches and this assertion carries, by the names that corrections use.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Stated only where every link on the path is stated.</summary>
    public Basis Basis { get; init; }

    /// <summary>The assertions on the path, from this one's direct upstream to the one that changed.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Whether this assertion was published before or after the change, as far as the dates tell.</summary>
    public TimeOrder Order { get; init; } = TimeOrder.Unknown;

    /// <summary>Whether this assertion's publisher takes part, so that an answer is awaited.</summary>
    public bool AwaitsAnswer { get; init; }

    /// <summary>
    /// The event ids of the earlier causes that this cause closes. A withdrawal takes its cause back, a repeated denial replaces the earlier one, and a
    /// version of this assertion's own source meets the change when the evidence is no longer in it.
    /// </summary>
    public IReadOnlyList<Guid> Closes { get; init; } = [];

    /// <summary>Whether the cause takes back an earlier one.</summary>
    internal bool TakesBack => CauseType == EventTypes.NameOf(typeof(Withdrawn));

    /// <summary>Whether the change exists only to close earlier ones, so that it normally does not stay open itself.</summary>
    private bool OnlyCloses => TakesBack || CauseType == EventTypes.NameOf(typeof(VersionCaptured));

    /// <summary>
    /// Closes the earlier changes that the cause closes. A change that only closes others stays open itself only where somebody had acted on one of them:
    /// whoever acted must hear of it. It does not stay open where nobody had answered, or where the answer was a rejection. Where the earlier change is
    /// missing, because the link was made later, there is nothing to close.
    /// </summary>
    internal static Assertion Evolve(Assertion state, Recorded e, UpstreamChanged change)
    {
        var answered = false;
        var closed = state with { Entries = state.Entries.Add(e) };
        foreach (var (entry, _) in state.Entries.All<UpstreamChanged>().Where(u => change.Closes.Contains(u.Event.CauseId)))
        {
            answered |= entry is { How: Closing.Answered, ClosedBy.Event: not ActionAnswered { Outcome: Outcome.Rejected } };
            closed = Close(closed, entry, e, change.TakesBack ? Closing.Withdrawn : Closing.Updated);
        }

        return change.OnlyCloses && !answered ? closed with { Entries = closed.Entries.Close(e.Id, e, Closing.Withdrawn) } : closed;
    }

    /// <summary>
    /// Makes the event that closes upstream changes because of a later version of the assertion's own source. It closes the changes that were public
    /// before that version, if the version holds none of the evidence that was looked for. Then, as far as the ledger can tell, its text no longer
    /// carries the earlier value. Null where no change is closed.
    /// </summary>
    /// <param name="state">The assertion.</param>
    /// <param name="capture">The event that captured the version.</param>
    public static UpstreamChanged? MetBy(Assertion state, Recorded capture)
    {
        var outcomes = ((VersionCaptured)capture.Event).Evidence.Where(o => o.Assertion == state.Id).ToList();
        if (outcomes.Count == 0 || outcomes.Any(o => o.Found))
        {
            return null;
        }

        var met = state.Entries.Standing<UpstreamChanged>().Where(u => u.Record.Known.ComparedTo(capture.Known) == TimeOrder.Before).ToList();
        return met is not [var (_, first), ..] ? null : first with
        {
            Cause = capture.Position,
            CauseType = EventTypes.NameOf(capture.Event),
            CauseId = capture.Id,
            AwaitsAnswer = false,
            Closes = [.. met.Select(u => u.Event.CauseId)],
            PublishedAt = capture.Event.PublishedAt,
        };
    }

    /// <summary>
    /// Closes the upstream changes that came over a link, when the last carrying link is withdrawn. The link was taken back, so nobody owes an answer for
    /// it. While another carrying link is open, nothing is closed: the change may have come over that link too, and this stream does not tell.
    /// </summary>
    internal static Assertion WithoutLink(Assertion state, Recorded e, Guid withdrawn)
    {
        if (state.Entries.Find(withdrawn)?.Record.Event is not Linked { Carries: true, To.Assertion: { } upstream }
            || state.Entries.Standing<Linked>().Any(l => l.Event is { Carries: true, To.Assertion: not null }))
        {
            return state;
        }

        return state.Entries.All<UpstreamChanged>().Where(u => u.Event.Path is [var first, ..] && first == upstream)
            .Aggregate(state, (closed, u) => Close(closed, u.Entry, e, Closing.Withdrawn));
    }

    /// <summary>Forgets that the change at a position was judged not to apply.</summary>
    internal static Assertion WithoutRejection(Assertion state, long upstream) =>
        state with { Rejections = state.Rejections.RemoveAll(r => ((ActionAnswered)r.Event).Upstream == upstream) };

    /// <summary>Closes a change. A judgement that it does not apply goes with it.</summary>
    private static Assertion Close(Assertion state, Entry change, Recorded by, Closing how) =>
        WithoutRejection(state with { Entries = state.Entries.Close(change.Record.Id, by, how) }, change.Record.Position);

    /// <summary>Closes the upstream changes whose fields a correction of this assertion changes: the assertion no longer carries the earlier value.</summary>
    internal static Entries Met(Entries entries, Recorded e, CorrectionIssued correction)
    {
        foreach (var (record, change) in entries.Standing<UpstreamChanged>())
        {
            if (correction.Changes.Any(c => change.Fields.Contains(c.Field)))
            {
                entries = entries.Close(record.Id, e, Closing.Updated);
            }
        }

        return entries;
    }
}
