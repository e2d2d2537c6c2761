using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An event that may or may not have been public at the moment asked for.</summary>
public sealed record UncertainEvent(Guid Id, string Type, StatedTime? PublishedAt, long Position);

/// <summary>Evidence as a reader sees it.</summary>
public sealed record EvidenceView(Guid Event, SourceVersion SourceVersion, string? Sha256, Selector Selector, long Position);

/// <summary>A notice as a reader sees it.</summary>
public sealed record CorrectionView(
    Guid Event, Notice Notice, string Publisher, NoticeKind Kind, Materiality Materiality, IReadOnlyList<Change> Changes, string Reason,
    string? Corrects, StatedTime? PublishedAt, DateTimeOffset RecordedAt, long Position)
{
    internal static CorrectionView Of(Recorded record, CorrectionIssued correction) => new(
        record.Id, correction.Notice, correction.Publisher, correction.Kind, correction.Materiality, correction.Changes, correction.Reason,
        correction.Corrects, correction.PublishedAt, record.RecordedAt, record.Position);
}

/// <summary>The view of an assertion, now or at a moment.</summary>
public sealed record AssertionView
{
    public required string Id { get; init; }

    public required string Proposition { get; init; }

    public required Modality Modality { get; init; }

    public required Part Part { get; init; }

    public required SourceVersion Source { get; init; }

    public required string Publisher { get; init; }

    public required IReadOnlyList<Attribution> Attribution { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    public Scope? Scope { get; init; }

    public string? Language { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    public required IReadOnlyList<EvidenceView> Evidence { get; init; }

    public required IReadOnlyList<LinkView> Links { get; init; }

    public required IReadOnlyList<CorrectionView> Corrections { get; init; }

    public required Standing Standing { get; init; }

    /// <summary>Null where no moment of publication was asked for.</summary>
    public IReadOnlyList<UncertainEvent>? Uncertain { get; init; }

    public StatedTime? OccurredAt { get; init; }

    public StatedTime? PublishedAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required long Version { get; init; }

    public required long Position { get; init; }

    /// <summary>The view of a state that holds a claim.</summary>
    internal static AssertionView Of(Assertion state, IReadOnlyList<UncertainEvent>? uncertain, RestrictedNow restricted)
    {
        var claim = (ClaimRecorded)state.Claim!.Event;
        return new()
        {
            Id = state.Id,
            Proposition = state.Content.Proposition,
            Modality = state.Content.Modality,
            Part = state.Content.Part,
            Source = claim.Source,
            Publisher = claim.Publisher,
            Attribution = state.Content.Attribution,
            Figures = state.Content.Figures,
            Scope = state.Content.Scope,
            Language = state.Content.Language,
            Topics = state.Content.Topics,
            Evidence = [.. from e in state.Entries.Standing<EvidenceAttached>()
                           select new EvidenceView(e.Record.Id, e.Event.SourceVersion, e.Event.Sha256, e.Event.Selector, e.Record.Position)],
            Links = [.. state.Entries.Standing<Linked>().Select(l => LinkView.Of(l.Record, l.Event, restricted))],
            Corrections = [.. state.Corrections.Select(r => CorrectionView.Of(r, (CorrectionIssued)r.Event))],
            Standing = Standing.Of(state),
            Uncertain = uncertain,
            OccurredAt = claim.OccurredAt,
            PublishedAt = claim.PublishedAt,
            RecordedAt = state.Claim.RecordedAt,
            ChangedAt = state.RecordedAt,
            Version = state.Version,
            Position = state.Position,
        };
    }
}
