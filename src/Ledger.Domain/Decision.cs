namespace Ledger.Domain;

/// <summary>Why a command is refused: a closed list, mapped to problem details in one place of the server.</summary>
public enum RefusalCode
{
    /// <summary>A field is missing, malformed, too long, or does not fit another.</summary>
    Invalid,

    /// <summary>The thing that the command speaks of was never recorded.</summary>
    NotFound,

    /// <summary>The command names a party, source, version or assertion that was never recorded.</summary>
    UnknownReference,

    /// <summary>Another content was already recorded under this id.</summary>
    IdTaken,

    /// <summary>The stated <c>before</c> is not the current value.</summary>
    StaleBefore,

    /// <summary>Only the source's publisher (or, for a retraction, the speaker) does this.</summary>
    NotThePublisher,

    /// <summary>Only the party that stands behind the event does this.</summary>
    NotTheParty,

    /// <summary>The key is bound to another party.</summary>
    BoundToAnotherParty,

    /// <summary>A denial, position or notice needs a source or a citation.</summary>
    CitationMissing,

    /// <summary>A retracted assertion takes no correction until the retraction is withdrawn.</summary>
    Retracted,

    /// <summary>The event cannot be withdrawn, reaffirmed or answered: it is closed, or not of that sort.</summary>
    NotOpen,

    /// <summary>The link or derivation would close a cycle.</summary>
    Cycle,

    /// <summary>The publication lies in the future; an embargo is a restriction, not a date.</summary>
    NotYetPublished,
}

/// <summary>An expected refusal.</summary>
/// <param name="Code">Which rule refuses.</param>
/// <param name="Detail">What is wrong and what to do, for the sender.</param>
/// <param name="Field">The offending field of the command, where there is one.</param>
public sealed record Refusal(RefusalCode Code, string Detail, string? Field = null)
{
    /// <summary>The current value, where the refusal is about a stale one.</summary>
    public object? Current { get; init; }

    /// <summary>Further offending fields of the same command.</summary>
    public IReadOnlyList<(string Field, string Message)> Others { get; init; } = [];
}

/// <summary>What a decider says to a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>These events, in this order; none where the ledger already says so.</summary>
    public sealed record Accepted(IReadOnlyList<LedgerEvent> Events) : Decision;

    /// <summary>Nothing is appended, for this reason.</summary>
    public sealed record Refused(Refusal Reason) : Decision;

    /// <summary>Accepts with these events.</summary>
    public static Decision Accept(params IReadOnlyList<LedgerEvent> events) => new Accepted(events);

    /// <summary>Accepts, with nothing to append: the ledger already says exactly this.</summary>
    public static Decision Nothing { get; } = new Accepted([]);

    /// <summary>Refuses.</summary>
    public static Decision Refuse(RefusalCode code, string detail, string? field = null) => new Refused(new(code, detail, field));
}
