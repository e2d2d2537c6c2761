namespace Ledger.Domain;

/// <summary>The badge: retracted, concern, superseded, corrected, denied, disputed, reported, from what stands; with counts and parties beside it.</summary>
public static class StandingLabel
{
    /// <summary>What follows a label where only a part is contested or taken back.</summary>
    public const string InPart = " in part";

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

    /// <summary>Who said the same, in the order in which they said it, each once.</summary>
    private sealed class Speakers
    {
        /// <summary>Up to so many are compared one by one.</summary>
        private const int FewMax = 16;

        private readonly List<string> _parties = [];
        private HashSet<string>? _many;
        private bool _isWhole;

        internal bool Any => _parties.Count > 0;

        /// <summary>Whether all of them spoke of a part alone, as what follows the verb.</summary>
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
