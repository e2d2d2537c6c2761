namespace Ledger.Domain;

/// <summary>What a publisher's notice does.</summary>
public enum NoticeKind
{
    /// <summary>Corrects what was wrong.</summary>
    Correction,

    /// <summary>Makes something clearer that was not wrong.</summary>
    Clarification,

    /// <summary>Adds what has happened since.</summary>
    Update,

    /// <summary>Takes the proposition back.</summary>
    Retraction,

    /// <summary>Warns that the proposition is under doubt.</summary>
    Concern,
}

/// <summary>Whether a correction changes what a reader takes from the assertion.</summary>
public enum Materiality
{
    /// <summary>It changes what a reader takes from the assertion.</summary>
    Substantive,

    /// <summary>A slip that misleads nobody.</summary>
    Minor,
}

/// <summary>How much is taken back.</summary>
public enum Extent
{
    /// <summary>The whole proposition.</summary>
    Full,

    /// <summary>A part, which the notice names.</summary>
    Partial,
}

/// <summary>A publisher's notice, verbatim.</summary>
/// <param name="Id">The id, the same on all assertions that the notice touches.</param>
/// <param name="Text">The words of the notice.</param>
/// <param name="Url">The URL of the notice; null where it has none.</param>
public sealed record Notice(string Id, string Text, string? Url = null);

/// <summary>A publisher issued a correction, a clarification or an update.</summary>
public sealed record CorrectionIssued : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>The publisher that issued the notice.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>The kind: correction, clarification or update.</summary>
    public NoticeKind Kind { get; init; }

    /// <summary>Whether it changes what a reader takes from the assertion.</summary>
    public Materiality Materiality { get; init; }

    /// <summary>The changes, field by field.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>The reason.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>A publisher, or the speaker of the words, retracted the proposition.</summary>
public sealed record RetractionIssued : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>The publisher, or the party whose words they are.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>How much is retracted.</summary>
    public Extent Extent { get; init; }

    /// <summary>A full retraction takes the place of the same party's partial ones, so that its withdrawal reinstates the whole proposition.</summary>
    internal Entries TakePlace(Entries entries, Recorded e) => Extent == Extent.Partial ? entries
        : entries.Standing<RetractionIssued>().Where(r => r.Event.Publisher == Publisher && r.Event.Extent == Extent.Partial)
            .Aggregate(entries, (all, partial) => all.Close(partial.Record.Id, e, Closing.Updated));

    /// <summary>The reason.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>A publisher warned that the proposition is under doubt.</summary>
public sealed record ConcernExpressed : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>The publisher that issued the notice.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>The reason.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }
}
