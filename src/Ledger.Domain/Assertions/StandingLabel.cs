namespace Ledger.Domain;

/// <summary>
/// Computes the badge from the corrections and the open entries: retracted, concern, superseded, corrected, denied, disputed or reported. The
/// summary adds counts and parties.
/// </summary>
public static class StandingLabel
{
    /// <summary>The suffix of a label where only a part is contested or retracted.</summary>
    public const string InPart = " in part";

    /// <summary>The labels in order of precedence, without "in part".</summary>
    public static IReadOnlyList<string> Precedence { get; } = ["retracted", "concern", "superseded", "corrected", "denied", "disputed", "reported"];

    /// <summary>The stage of the assertion's life.</summary>
    public static Lifecycle LifecycleOf(Assertion state) =>
        state.IsRetracted ? Lifecycle.Retracted
        : SupersededBy(state) is not null ? Lifecycle.Superseded
        : state.Corrections.Count > 0 ? Lifecycle.Corrected
        : Lifecycle.Recorded;

    /// <summary>The label and the summary.</summary>
    public static (string Label, string Summary) Of(Assertion state)
    {
        Speakers retracted = new(), concerned = new(), denied = new(), disputed = new();
        var taken = new List<(Stance Stance, Speakers By)>();
        string? successor = null;
        foreach (var entry in state.Entries.InOrder)
        {
            switch (entry.Record.Event)
            {
                case RetractionIssued retraction:
                    retracted.Add(retraction.Publisher, retraction.Extent == Extent.Partial);
                    break;
                case ConcernExpressed concern:
                    concerned.Add(concern.Publisher, inPart: false);
                    break;
                case DenialRecorded denial:
                    denied.Add(denial.Party, denial.Contests.Part is not null);
                    break;
                case PositionRecorded { Stance: Stance.Disputes } dispute:
                    disputed.Add(dispute.Party, inPart: false);
                    break;
                case PositionRecorded position:
                    By(taken, position.Stance).Add(position.Party, inPart: false);
                    break;
                case Linked { SupersededBy: { } id }:
                    successor ??= id;
                    break;
                default:
                    break;
            }
        }

        var corrections = state.Corrections.Count;
        var label =
            retracted.Any ? "retracted" + retracted.InPart
            : concerned.Any ? "concern"
            : successor is not null ? "superseded"
            : corrections > 0 ? "corrected"
            : denied.Any ? "denied" + denied.InPart
            : disputed.Any ? "disputed"
            : "reported";

        var said = new List<string>();
        retracted.AddTo(said, "retracted" + retracted.InPart);
        concerned.AddTo(said, "concern expressed");
        if (successor is not null)
        {
            said.Add($"superseded by {successor}");
        }

        if (corrections > 0)
        {
            var correctors = new Speakers();
            foreach (var correction in state.Corrections)
            {
                correctors.Add(((CorrectionIssued)correction.Event).Publisher, inPart: false);
            }

            correctors.AddTo(said, Times("corrected", corrections));
        }

        denied.AddTo(said, "denied" + denied.InPart);
        disputed.AddTo(said, "disputed");
        foreach (var (stance, by) in taken)
        {
            by.AddTo(said, Verb(stance));
        }

        return (label, said.Count == 0 ? $"reported by {Publisher(state)}; no denial, dispute or correction recorded" : string.Join("; ", said));
    }

    private static string? SupersededBy(Assertion state) =>
        state.Entries.Standing<Linked>().FirstOrDefault(l => l.Event.SupersededBy is not null).Event?.SupersededBy;

    private static string Publisher(Assertion state) => (state.Claim?.Event as ClaimRecorded)?.Publisher ?? Erased.Text;

    private static string Times(string verb, int count) => count == 1 ? verb : $"{verb} {count} times";

    private static Speakers By(List<(Stance Stance, Speakers By)> taken, Stance stance)
    {
        foreach (var (known, by) in taken)
        {
            if (known == stance)
            {
                return by;
            }
        }

        var first = new Speakers();
        taken.Add((stance, first));
        return first;
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

    /// <summary>The parties that said the same, each once, in the order in which they said it.</summary>
    private sealed class Speakers
    {
        /// <summary>Up to this many parties are compared one by one. A larger list gets a hash set.</summary>
        private const int FewMax = 16;

        private readonly List<string> _parties = [];
        private HashSet<string>? _many;
        private bool _isWhole;

        internal bool Any => _parties.Count > 0;

        /// <summary>The suffix " in part" where all of them spoke of a part only; otherwise empty.</summary>
        internal string InPart => Any && !_isWhole ? StandingLabel.InPart : "";

        internal void Add(string party, bool inPart)
        {
            _isWhole |= !inPart;
            if (_many is null ? !_parties.Contains(party) : _many.Add(party))
            {
                _parties.Add(party);
                if (_parties.Count > FewMax)
                {
                    _many ??= new(_parties, StringComparer.Ordinal);
                }
            }
        }

        internal void AddTo(List<string> said, string verb)
        {
            if (Any)
            {
                said.Add(_parties is [var one] ? $"{verb} by {one}" : $"{verb} by {_parties.Count} parties ({string.Join(", ", _parties)})");
            }
        }
    }
}
