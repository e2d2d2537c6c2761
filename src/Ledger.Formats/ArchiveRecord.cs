namespace Ledger.Formats;

/// <summary>
/// One record of an archive (a review, a row, a work, an entry), converted to the ledger's own commands. A reader never drops a record. A record
/// that it cannot map has a <see cref="Refusal"/>, and doubts about the mapping are in <see cref="Unclear"/>.
/// </summary>
public sealed record ArchiveRecord
{
    /// <summary>The number of the record in its file, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The line on which it begins, from 1; null where the format has no lines.</summary>
    public long? Line { get; init; }

    /// <summary>Its name in a report: its own id, its DOI, its address, or its shortened title.</summary>
    public required string Name { get; init; }

    /// <summary>The number of records in the file; null where the reader does not know it yet.</summary>
    public long? Total { get; init; }

    /// <summary>The commands to record, in this order. The list is empty only where the record is refused or holds nothing that the ledger records.</summary>
    public IReadOnlyList<ArchiveCommand> Commands { get; init; } = [];

    /// <summary>
    /// The things that the commands name, by the id that each has in the commands (see <see cref="Identity.Id"/>). The import looks each up. Where
    /// the ledger knows the thing under another id, the import replaces the id.
    /// </summary>
    public IReadOnlyDictionary<string, Identity> Identities { get; init; } = new Dictionary<string, Identity>(0);

    /// <summary>Why nothing of the record can be recorded; null where it is not refused.</summary>
    public Finding? Refusal { get; init; }

    /// <summary>What is unclear about the record. It is recorded nevertheless, and the report lists these findings.</summary>
    public IReadOnlyList<Finding> Unclear { get; init; } = [];
}

/// <summary>A finding of a reader that a person should examine.</summary>
/// <param name="Field">The field of the record, by the format's own name; null where the finding is about the whole record.</param>
/// <param name="Reason">What is wrong or unclear, and what was done about it, in one sentence.</param>
public sealed record Finding(string? Field, string Reason);
