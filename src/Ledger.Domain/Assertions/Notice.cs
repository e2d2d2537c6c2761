namespace Ledger.Domain;

/// <summary>What a publisher's notice does.</summary>
public enum NoticeKind
{
    /// <summary>Puts right what was wrong.</summary>
    Correction,

    /// <summary>Makes clearer what was not wrong.</summary>
    Clarification,

    /// <summary>Adds what happened since.</summary>
    Update,

    /// <summary>Takes it back.</summary>
    Retraction,

    /// <summary>Warns that it is under doubt.</summary>
    Concern,
}

/// <summary>Whether a correction changes what a reader would take from it.</summary>
public enum Materiality
{
    /// <summary>It does.</summary>
    Substantive,

    /// <summary>A slip that misleads nobody.</summary>
    Minor,
}

/// <summary>How much is taken back.</summary>
public enum Extent
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>A part, which the notice names.</summary>
    Partial,
}

/// <summary>A publisher's notice, verbatim.</summary>
/// <param name="Id">Its id, common to all assertions that it touches.</param>
/// <param name="Text">Its words.</param>
/// <param name="Url">Where it stands.</param>
public sealed record Notice(string Id, string Text, string? Url = null);

/// <summary>A publisher corrected, clarified or updated.</summary>
public sealed record CorrectionIssued : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>Whose.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>correction, clarification or update.</summary>
    public NoticeKind Kind { get; init; }

    /// <summary>Whether it changes what a reader takes from it.</summary>
    public Materiality Materiality { get; init; }

    /// <summary>Field by field.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Why.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL where none is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>A publisher, or the speaker of the words, took it back.</summary>
public sealed record RetractionIssued : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>The publisher, or the party whose words they are.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>All or a part.</summary>
    public Extent Extent { get; init; }

    /// <summary>A full retraction takes the place of the partial ones of the same party: withdrawing it reinstates the whole.</summary>
    internal Entries TakePlace(Entries entries, Recorded e) => Extent == Extent.Partial ? entries
        : entries.Standing<RetractionIssued>().Where(r => r.Event.Publisher == Publisher && r.Event.Extent == Extent.Partial)
            .Aggregate(entries, (all, partial) => all.Close(partial.Record.Id, e, Closing.Updated));

    /// <summary>Why.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL where none is captured.</summary>
    public string? Citation { get; init; }
}

/// <summary>A publisher warned that it is under doubt.</summary>
public sealed record ConcernExpressed : LedgerEvent
{
    /// <summary>The notice.</summary>
    public Notice Notice { get; init; } = new(Erased.Text, Erased.Text);

    /// <summary>Whose.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>Why.</summary>
    public string Reason { get; init; } = Erased.Text;

    /// <summary>The captured version that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL where none is captured.</summary>
    public string? Citation { get; init; }
}
