namespace Ledger.Domain;

/// <summary>Something that this assertion restates or derives from was changed: appended by the propagation policy, once for each cause.</summary>
public sealed record UpstreamChanged : LedgerEvent
{
    /// <summary>The assertion that changed.</summary>
    public string Upstream { get; init; } = Erased.Text;

    /// <summary>The position of the event that changed it.</summary>
    public long Cause { get; init; }

    /// <summary>The stored type of that event.</summary>
    public string CauseType { get; init; } = Erased.Text;

    /// <summary>The id of that event.</summary>
    public Guid CauseId { get; init; }

    /// <summary>The carried fields that it touches, by the names that corrections use.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Stated only where every link on the way is stated.</summary>
    public Basis Basis { get; init; }

    /// <summary>The assertions on the way, from this one's direct upstream to the one that changed.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Whether this assertion was published before or after the change, as far as the dates tell.</summary>
    public TimeOrder Order { get; init; } = TimeOrder.Unknown;

    /// <summary>Whether this assertion's publisher takes part, so that an answer is awaited.</summary>
    public bool AwaitsAnswer { get; init; }

    /// <summary>
    /// Earlier causes that this one takes back (a withdrawal), takes the place of (a denial said anew) or meets (a version of this assertion's own
    /// source in which its evidence no longer stands), by event id.
    /// </summary>
    public IReadOnlyList<Guid> Closes { get; init; } = [];

    /// <summary>Whether the cause takes back an earlier one.</summary>
    internal bool TakesBack => CauseType == EventTypes.NameOf(typeof(Withdrawn));

    /// <summary>Whether it only ends earlier ones, and leaves nothing open itself.</summary>
    private bool OnlyCloses => TakesBack || CauseType == EventTypes.NameOf(typeof(VersionCaptured));

    /// <summary>
    /// Closes what the cause closes. A withdrawal of something that nobody answered, or that was judged not to apply, leaves nothing open; of
    /// something that was acted on, it is news to whoever did and stands itself. Without the earlier cause (a link made later) there is nothing to take back.
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
    /// What a later version of the assertion's own source meets: the changes upstream that were public before it, where none of the evidence that was
    /// looked for stands in it any more. Null where there is none. The text no longer carries the earlier value, as far as the ledger can tell.
    /// </summary>
    /// <param name="state">The assertion.</param>
    /// <param name="capture">The recording of the version.</param>
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
    /// Where the last link was withdrawn, what was told over it no longer holds: whoever saw the tie took it back, and nobody owes an answer for
    /// it. While another link stands the change may have come that way too, which this stream does not tell.
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

    /// <summary>Closes the changes that a correction of the assertion itself meets: it no longer carries the earlier value.</summary>
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
