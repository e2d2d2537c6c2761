namespace Ledger.Domain;

/// <summary>The badge: retracted, concern, superseded, corrected, denied, disputed, reported, from what stands; with counts and parties beside it.</summary>
public static class StandingLabel
{
    private const string InPart = " in part";

    /// <summary>The labels by precedence, without "in part".</summary>
    public static IReadOnlyList<string> Precedence { get; } = ["retracted", "concern", "superseded", "corrected", "denied", "disputed", "reported"];

    /// <summary>Where the assertion is in its life.</summary>
    public static Lifecycle LifecycleOf(Assertion state) =>
        state.IsRetracted ? Lifecycle.Retracted
        : SupersededBy(state) is not null ? Lifecycle.Superseded
        : state.Corrections.Count > 0 ? Lifecycle.Corrected
        : Lifecycle.Recorded;

    /// <summary>The label and the summary.</summary>
    public static (string Label, string Summary) Of(Assertion state)
    {
        var retractions = state.Entries.Standing<RetractionIssued>().ToList();
        var concerns = state.Entries.Standing<ConcernExpressed>().ToList();
        var denials = state.Entries.Standing<DenialRecorded>().ToList();
        var disputes = state.Entries.Standing<PositionRecorded>().Where(p => p.Event.Stance == Stance.Disputes).ToList();
        var retractedInPart = retractions.Count > 0 && retractions.All(r => r.Event.Extent == Extent.Partial);
        var deniedInPart = denials.Count > 0 && denials.All(d => d.Event.Contests.Part is not null);
        var successor = SupersededBy(state);

        var label =
            retractions.Count > 0 ? "retracted" + (retractedInPart ? InPart : "")
            : concerns.Count > 0 ? "concern"
            : successor is not null ? "superseded"
            : state.Corrections.Count > 0 ? "corrected"
            : denials.Count > 0 ? "denied" + (deniedInPart ? InPart : "")
            : disputes.Count > 0 ? "disputed"
            : "reported";

        List<string?> parts =
        [
            Named("retracted" + (retractedInPart ? InPart : ""), retractions.Select(r => r.Event.Publisher)),
            Named("concern expressed", concerns.Select(r => r.Event.Publisher)),
            successor is null ? null : $"superseded by {successor}",
            state.Corrections.Count == 0 ? null : Named(Times("corrected", state.Corrections.Count), state.Corrections.Select(r => ((CorrectionIssued)r.Event).Publisher)),
            Named("denied" + (deniedInPart ? InPart : ""), denials.Select(d => d.Event.Party)),
            Named("disputed", disputes.Select(d => d.Event.Party)),
            .. from p in state.Entries.Standing<PositionRecorded>()
               where p.Event.Stance != Stance.Disputes
               group p.Event.Party by p.Event.Stance into stance
               select Named(Verb(stance.Key), stance),
        ];
        var said = parts.Where(p => p is not null).ToList();
        return (label, said.Count == 0 ? $"reported by {Publisher(state)}; no denial, dispute or correction recorded" : string.Join("; ", said));
    }

    private static string? SupersededBy(Assertion state) =>
        state.Entries.Standing<Linked>().FirstOrDefault(l => l.Event.SupersededBy is not null).Event?.SupersededBy;

    private static string Publisher(Assertion state) => (state.Claim?.Event as ClaimRecorded)?.Publisher ?? Erased.Text;

    private static string Times(string verb, int count) => count == 1 ? verb : $"{verb} {count} times";

    private static string? Named(string verb, IEnumerable<string> parties)
    {
        var distinct = parties.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count switch
        {
            0 => null,
            1 => $"{verb} by {distinct[0]}",
            _ => $"{verb} by {distinct.Count} parties ({string.Join(", ", distinct)})",
        };
    }

    private static string Verb(Stance stance) => stance switch
    {
        Stance.Corroborates => "corroborated",
        Stance.Concedes => "conceded",
        Stance.Rules => "reviewed",
        Stance.NoComment => "no comment",
        Stance.NoReply => "no reply",
        _ => "disputed",
    };
}
