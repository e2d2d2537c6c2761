namespace Ledger.Domain;

/// <summary>What an assertion said at a moment, with its standing then.</summary>
public sealed record Wording
{
    /// <summary>The proposition.</summary>
    public required string Proposition { get; init; }

    /// <summary>The version that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The publisher of the source.</summary>
    public required string Publisher { get; init; }

    /// <summary>The part of the version in which it stands.</summary>
    public required Part Part { get; init; }

    /// <summary>How firmly the author states it.</summary>
    public required Modality Modality { get; init; }

    /// <summary>The attribution chain, from originator to publisher.</summary>
    public required IReadOnlyList<Attribution> Attribution { get; init; }

    /// <summary>The numbers that it states.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>The place and period of which it speaks.</summary>
    public Scope? Scope { get; init; }

    /// <summary>The standing, computed from the assertion's own events alone.</summary>
    public required Standing Standing { get; init; }

    /// <summary>The version of the stream then: the number of its events.</summary>
    public required long Version { get; init; }

    /// <summary>The log position of the stream's newest event then.</summary>
    public required long Position { get; init; }

    /// <summary>The wording in a state; null where the state holds no claim.</summary>
    public static Wording? Of(Assertion state) => state.Claim?.Event is not ClaimRecorded claim ? null : new()
    {
        Proposition = state.Content.Proposition,
        Source = claim.Source,
        Publisher = claim.Publisher,
        Part = state.Content.Part,
        Modality = state.Content.Modality,
        Attribution = state.Content.Attribution,
        Figures = state.Content.Figures,
        Scope = state.Content.Scope,
        Standing = Standing.Of(state),
        Version = state.Version,
        Position = state.Position,
    };
}

/// <summary>An event that became known, or may have become known, after the moment.</summary>
/// <param name="Event">Its id.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Since">The time of publication as stated; where none was stated, the time of recording.</param>
/// <param name="Uncertain">Whether its interval of publication overlaps the moment, so that it may already have been known.</param>
/// <param name="Notice">The notice with the publisher's words; null where the event is no notice.</param>
/// <param name="Changes">The changes of the wording; empty where there are none.</param>
/// <param name="LabelBefore">The label before the event; null where there was no claim.</param>
/// <param name="LabelAfter">The label after the event.</param>
public sealed record LaterEvent(
    Guid Event, string Type, long Position, DateTimeOffset RecordedAt, string Since, bool Uncertain, Notice? Notice,
    IReadOnlyList<Change> Changes, string? LabelBefore, string LabelAfter);

/// <summary>
/// What one assertion said by a moment, as publicly known and as recorded, and what came later. It is computed from the assertion's own events
/// alone, so that whoever holds those events computes the same.
/// </summary>
public sealed record CertifiedAssertion
{
    /// <summary>Its id.</summary>
    public required string Assertion { get; init; }

    /// <summary>The wording published by then, as far as the ledger knows now; null where no claim was public yet.</summary>
    public Wording? Known { get; init; }

    /// <summary>The wording recorded in the ledger by then; null where no claim was recorded yet.</summary>
    public Wording? Recorded { get; init; }

    /// <summary>The events that were published, or may have been published, after the moment.</summary>
    public required IReadOnlyList<LaterEvent> Since { get; init; }

    /// <summary>The wording when the certificate is issued.</summary>
    public required Wording Now { get; init; }

    /// <summary>Computes the certified assertion; null where no claim is among the events.</summary>
    /// <param name="id">The assertion.</param>
    /// <param name="events">Every event of its stream, in order.</param>
    /// <param name="moment">The requested moment. Of a longer interval, such as a day, the end counts.</param>
    public static CertifiedAssertion? Of(string id, IReadOnlyList<Recorded> events, Interval moment)
    {
        if (Wording.Of(Domain.Assertion.Fold(events)) is not { } now)
        {
            return null;
        }

        return new()
        {
            Assertion = id,
            Known = Wording.Of(Domain.Assertion.Fold(events.Where(e => e.Known.To <= moment.To))),
            Recorded = Wording.Of(Domain.Assertion.Fold(events.Where(e => e.RecordedAt < moment.To))),
            Since = [.. Later(events, moment)],
            Now = now,
        };
    }

    private static IEnumerable<LaterEvent> Later(IReadOnlyList<Recorded> events, Interval moment)
    {
        var state = Domain.Assertion.None;
        foreach (var e in events)
        {
            var before = state;
            state = Domain.Assertion.Evolve(state, e);
            if (e.Known.To > moment.To)
            {
                yield return new(
                    e.Id, EventTypes.NameOf(e.Event), e.Position, e.RecordedAt, e.Since, e.Known.From < moment.To, NoticeOf(e.Event), ChangesOf(e.Event),
                    before.Claim is null ? null : StandingLabel.Of(before).Label, StandingLabel.Of(state).Label);
            }
        }
    }

    private static Notice? NoticeOf(LedgerEvent e) => e switch
    {
        CorrectionIssued correction => correction.Notice,
        RetractionIssued retraction => retraction.Notice,
        ConcernExpressed concern => concern.Notice,
        _ => null,
    };

    private static IReadOnlyList<Change> ChangesOf(LedgerEvent e) => e switch
    {
        CorrectionIssued correction => correction.Changes,
        EntryAmended amended => [new(amended.Field, amended.Before, amended.After)],
        _ => [],
    };
}
