namespace Ledger.Domain;

/// <summary>Why a command is refused. The list is closed; the server maps it to problem details in one place.</summary>
public enum RefusalCode
{
    /// <summary>A field is missing, malformed, too long, or does not fit another.</summary>
    Invalid,

    /// <summary>The stream that the command addresses does not exist.</summary>
    NotFound,

    /// <summary>The command names a party, source, version or assertion that was never recorded.</summary>
    UnknownReference,

    /// <summary>Different content was already recorded under this id.</summary>
    IdTaken,

    /// <summary>The stated <c>before</c> is not the current value.</summary>
    StaleBefore,

    /// <summary>Only the source's publisher (or, for a retraction, the speaker) may do this.</summary>
    NotThePublisher,

    /// <summary>Only the party that stands behind the event may do this.</summary>
    NotTheParty,

    /// <summary>The key is bound to another party.</summary>
    BoundToAnotherParty,

    /// <summary>A denial, position or notice needs a source or a citation.</summary>
    CitationMissing,

    /// <summary>A retracted assertion takes no correction until the retraction is withdrawn.</summary>
    Retracted,

    /// <summary>The event cannot be withdrawn, reaffirmed or answered: it is closed, or its type does not allow it.</summary>
    NotOpen,

    /// <summary>The link or derivation would close a cycle.</summary>
    Cycle,

    /// <summary>The publication lies in the future. An embargo is recorded as a restriction, not as a future date.</summary>
    NotYetPublished,
}

/// <summary>A refusal that is an expected result, not an error of the program.</summary>
/// <param name="Code">The rule that refuses.</param>
/// <param name="Detail">What is wrong and what to do about it, in words for the sender.</param>
/// <param name="Field">The offending field of the command, where there is one.</param>
public sealed record Refusal(RefusalCode Code, string Detail, string? Field = null)
{
    /// <summary>The current value, where the refusal is <see cref="RefusalCode.StaleBefore"/>.</summary>
    public object? Current { get; init; }

    /// <summary>Further offending fields of the same command.</summary>
    public IReadOnlyList<(string Field, string Message)> Others { get; init; } = [];
}

/// <summary>The result of deciding a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>The command is accepted: these events are appended, in this order. The list is empty where the ledger already says the same.</summary>
    public sealed record Accepted(IReadOnlyList<LedgerEvent> Events) : Decision;

    /// <summary>The command is refused for this reason, and nothing is appended.</summary>
    public sealed record Refused(Refusal Reason) : Decision;

    /// <summary>Accepts with these events.</summary>
    public static Decision Accept(params IReadOnlyList<LedgerEvent> events) => new Accepted(events);

    /// <summary>Accepts, with nothing to append: the ledger already says exactly this.</summary>
    public static Decision Nothing { get; } = new Accepted([]);

    /// <summary>Refuses with a code and an explanation and, where one field is to blame, its name.</summary>
    public static Decision Refuse(RefusalCode code, string detail, string? field = null) => new Refused(new(code, detail, field));
}
