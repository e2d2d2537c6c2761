namespace Ledger.Domain;

/// <summary>A claim was recorded: one proposition as one source version states it.</summary>
public sealed record ClaimRecorded : LedgerEvent
{
    /// <summary>The proposition.</summary>
    public string Proposition { get; init; } = Erased.Text;

    /// <summary>The version that states it.</summary>
    public SourceVersion Source { get; init; } = new(Erased.Text, 0);

    /// <summary>The source's publisher. The event carries it so that the stream alone tells who may correct the claim.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>The part of the version in which it stands.</summary>
    public Part Part { get; init; }

    /// <summary>The attribution chain, from originator to publisher; empty means unattributed.</summary>
    public IReadOnlyList<Attribution> Attribution { get; init; } = [];

    /// <summary>The numbers that it states.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>The place and period of which it speaks.</summary>
    public Scope? Scope { get; init; }

    /// <summary>How firmly the author states it.</summary>
    public Modality Modality { get; init; }

    /// <summary>The language of the proposition, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The topics, in words of the recorder's choice.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The fields that corrections and amendments can change later.</summary>
    internal Content Content() => new()
    {
        Proposition = Proposition, Modality = Modality, Part = Part, Attribution = Attribution, Figures = Figures,
        Scope = Scope, Language = Language, Topics = Topics,
    };
}

/// <summary>The place and period, as a client writes them.</summary>
public sealed record ScopeInput(string? Place = null, TimeInput? From = null, TimeInput? To = null);

/// <summary>Records a claim, with its evidence and links in the same append.</summary>
public sealed record RecordClaim : Command
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The proposition.</summary>
    public required string Proposition { get; init; }

    /// <summary>The version that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The part of the version in which it stands.</summary>
    public Part Part { get; init; }

    /// <summary>The attribution chain, from originator to publisher; empty means unattributed.</summary>
    public required IReadOnlyList<Attribution> Attribution { get; init; }

    /// <summary>The numbers that it states.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>The place and period of which it speaks.</summary>
    public ScopeInput? Scope { get; init; }

    /// <summary>How firmly the author states it.</summary>
    public Modality Modality { get; init; }

    /// <summary>The language of the proposition, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The topics, in words of the recorder's choice.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The places in the version where it can be seen.</summary>
    public IReadOnlyList<EvidenceInput> Evidence { get; init; } = [];

    /// <summary>Links to other assertions.</summary>
    public IReadOnlyList<LinkInput> Links { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Reference> References =>
    [
        Reference.Source(Source.Id, Source.Version, "source"),
        .. from a in Attribution where a.Party is not null select Reference.Party(a.Party!, "attribution.party"),
        .. from link in Links from reference in link.References select reference,
    ];

    internal override void Check(Checks checks)
    {
        checks.Text(Proposition, "proposition", Limits.StatementCodePointsMax);
        checks.Id(Source.Id, "source.id");
        checks.That(Source.Version > 0, "source.version", "is a number from 1.");
        ContentFields.Check(Attribution, checks);
        ContentFields.Check(Figures, checks);
        checks.OptionalText(Scope?.Place, "scope.place", Limits.LineCodePointsMax);
        checks.OptionalText(Language, "language", Limits.WordCodePointsMax);
        ContentFields.CheckTopics(Topics, checks);
        foreach (var evidence in checks.Items(Evidence, "evidence"))
        {
            evidence.Selector.Check(checks, "evidence.selector");
        }

        foreach (var link in checks.Items(Links, "links"))
        {
            link.Check(checks, "links.");
        }
    }

    /// <summary>Records the claim. The same claim again changes nothing; another claim under the same id is refused.</summary>
    internal static Decision Decide(Assertion state, RecordClaim command, Circumstances c) =>
        Rules.Apply(command, c, null, stamp =>
        {
            var checks = new Checks();
            var from = Rules.Resolve(command.Scope?.From, "scope.from", c, checks);
            var to = Rules.Resolve(command.Scope?.To, "scope.to", c, checks);
            checks.That(from is null || to is null || from.From < to.To, "scope.to", "lies before scope.from.");
            if (checks.Refusal is { } refusal)
            {
                return new Decision.Refused(refusal);
            }

            var claim = (ClaimRecorded)stamp(new ClaimRecorded
            {
                Proposition = command.Proposition,
                Source = command.Source,
                Publisher = c.Publisher!,
                Part = command.Part,
                Attribution = command.Attribution,
                Figures = command.Figures,
                Scope = command.Scope is null ? null : new(command.Scope.Place, from, to),
                Modality = command.Modality,
                Language = command.Language,
                Topics = command.Topics,
            });
            var evidence = command.Evidence
                .Select(e => new EvidenceAttached { SourceVersion = command.Source, Selector = e.Selector, Sha256 = c.CitedSha256 }).ToList();
            var links = command.Links.Select(link => link.ToEvent(command.OnBehalfOf ?? c.Actor.Party ?? c.Actor.Principal)).ToList();
            if (state.Claim is { } recorded)
            {
                return !Same.Event((ClaimRecorded)recorded.Event, claim)
                    ? Decision.Refuse(RefusalCode.IdTaken, "Another assertion has this id; choose another id, or leave it out.", "id")
                    : evidence.All(e => Recorded(state, e)) && links.All(l => Recorded(state, l))
                        ? Decision.Nothing
                        : Decision.Refuse(RefusalCode.IdTaken,
                            "The claim is recorded, but not with all of this evidence and these links; add them by POST …/evidence and POST …/links.", "id");
            }

            return Decision.Accept([claim, .. evidence.Select(stamp), .. links.Select(stamp)]);
        });

    private static bool Recorded<T>(Assertion state, T e)
        where T : LedgerEvent => state.Entries.All<T>().Any(x => Same.Event(x.Event, e));
}
