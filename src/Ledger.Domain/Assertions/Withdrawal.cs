namespace Ledger.Domain;

/// <summary>An earlier event was withdrawn: by the party that stands behind it or, where there is none, by its recorder.</summary>
public sealed record Withdrawn : LedgerEvent
{
    /// <summary>The id of the withdrawn event.</summary>
    public Guid Event { get; init; }

    /// <summary>The stored type of that event, so that a subscriber need not look it up.</summary>
    public string EventType { get; init; } = Erased.Text;

    /// <summary>The party that withdraws; null for the recorder's own acts.</summary>
    public string? Party { get; init; }

    /// <summary>The reason.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>Withdraws an event: a denial, a position, a request, a concern, a restriction, a retraction, evidence or a link.</summary>
public sealed record WithdrawEvent : CitingCommand
{
    /// <summary>The party that withdraws; null for the recorder's own acts, or to take the party from the event.</summary>
    public string? Party { get; init; }

    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References =>
        [.. base.References, .. Party is { } party ? [Reference.Party(party, "party")] : Array.Empty<Reference>()];

    internal override string? SpeaksFor => Party;

    internal override void Check(Checks checks)
    {
        base.Check(checks);
        checks.Text(Reason, "reason", Limits.LineCodePointsMax);
        if (Party is not null)
        {
            checks.Id(Party, "party");
        }
    }

    /// <summary>The party that stands behind an event; null for the recorder's acts.</summary>
    public static string? PartyBehind(LedgerEvent e) => e switch
    {
        DenialRecorded denial => denial.Party,
        PositionRecorded position => position.Party,
        RetractionIssued retraction => retraction.Publisher,
        ConcernExpressed concern => concern.Publisher,
        ActionRequested request => request.Requester,
        _ => null,
    };

    /// <summary>Whether this principal or this party made an entry that no party stands behind: evidence, a link or a restriction.</summary>
    private static bool IsActOf(string principal, string party, Recorded act) =>
        act.RecordedBy == principal || act.OnBehalfOf == party || (act.Event is Linked link && link.LinkedBy == party);

    /// <summary>The rule for a stream of either kind, assertion or source.</summary>
    internal static Decision Decide(Entries entries, WithdrawEvent command, Guid id, Circumstances c, Func<LedgerEvent, LedgerEvent> stamp)
    {
        var entry = entries.Find(id);
        if (entry is null || entry.Record.Event is UpstreamChanged)
        {
            return Decision.Refuse(RefusalCode.NotOpen,
                "This event cannot be withdrawn: only denials, positions, requests, concerns, retractions, evidence, links and restrictions can.");
        }

        var party = PartyBehind(entry.Record.Event);
        if (party is not null && (command.Party ?? c.Actor.Party ?? party) != party)
        {
            return Decision.Refuse(RefusalCode.NotTheParty, $"{party} stands behind this event: only it withdraws it.", "party");
        }

        if (party is null && c.Actor.Party is { } bound && !IsActOf(c.Actor.Principal, bound, entry.Record))
        {
            return Decision.Refuse(RefusalCode.NotTheParty, $"Another recorder did this: a key of {bound} undoes its own acts alone.");
        }

        if (entry.ClosedBy is not null)
        {
            return entry.How switch
            {
                Closing.Withdrawn => Decision.Nothing,
                Closing.Answered => Decision.Refuse(RefusalCode.NotOpen, "The request was answered; it is no longer open."),
                _ => Decision.Refuse(RefusalCode.NotOpen, "A later event took this one's place; withdraw that one."),
            };
        }

        if (party is not null && entry.Record.Event is not ActionRequested && !command.Cites)
        {
            return CitingCommand.NoCitation;
        }

        return Decision.Accept(stamp(new Withdrawn
        {
            Event = id, EventType = EventTypes.NameOf(entry.Record.Event), Party = party ?? command.Party, Reason = command.Reason,
            Source = command.Source, Citation = command.Citation,
        }));
    }
}
