namespace Ledger.Formats;

/// <summary>
/// One record of an archive (a review, a row, a work, an entry), turned into the ledger's own commands. A reader never drops a record: what
/// it cannot map it gives with <see cref="Refusal"/>, and what it maps with a doubt it says in <see cref="Unclear"/>.
/// </summary>
public sealed record ArchiveRecord
{
    /// <summary>The number of the record in its file, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The line on which it begins, from 1, where the format has lines; else null.</summary>
    public long? Line { get; init; }

    /// <summary>What it is called in a report: its own id, its DOI, its address, or its title cut short.</summary>
    public required string Name { get; init; }

    /// <summary>How many records the file has, where the reader knows it by now; else null.</summary>
    public long? Total { get; init; }

    /// <summary>What is to be recorded, in this order. Empty only where the record is refused or says nothing that the ledger records.</summary>
    public IReadOnlyList<ArchiveCommand> Commands { get; init; } = [];

    /// <summary>
    /// The things that the commands name, by the id that stands for each in them (see <see cref="Identity.Id"/>). The import looks each up: where
    /// the ledger knows the thing under another id, that id is put in the place of this one.
    /// </summary>
    public IReadOnlyDictionary<string, Identity> Identities { get; init; } = new Dictionary<string, Identity>(0);

    /// <summary>Why nothing of it can be recorded; null where something can.</summary>
    public Finding? Refusal { get; init; }

    /// <summary>What is unclear about it. It is recorded all the same, and the report says these.</summary>
    public IReadOnlyList<Finding> Unclear { get; init; } = [];
}

/// <summary>Something that a reader found, for a person to look at.</summary>
/// <param name="Field">The field of the record in the format's own words; null where it is about the whole.</param>
/// <param name="Reason">What is wrong or unclear, and what was done about it, in one sentence.</param>
public sealed record Finding(string? Field, string Reason);
