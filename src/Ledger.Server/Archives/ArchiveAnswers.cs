using System.Text.Json.Serialization;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>What became of a record: recorded (something of it is new), present (all of it was there), or refused (something of it could not be recorded).</summary>
internal enum RecordStatus
{
    Recorded,
    Present,
    Refused,
}

/// <summary>The line of answer of one record.</summary>
/// <param name="Record">Its number in the file, from 1.</param>
/// <param name="Line">The line on which it begins; null where the format has no lines.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Positions">Where its events stand, the last of each command.</param>
/// <param name="Problems">What could not be recorded, and why.</param>
/// <param name="Unclear">What a person may want to look at.</param>
internal sealed record ArchiveAnswer(
    long Record, long? Line, string Name, RecordStatus Status, IReadOnlyList<long> Positions, IReadOnlyList<Finding> Problems, IReadOnlyList<Finding> Unclear)
{
    /// <summary>How many records the file has, where that is known by now.</summary>
    public long? Of { get; init; }

    /// <summary>The commands that recorded something, or would.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Commands { get; init; } = [];
}

/// <summary>The last line of the answer: the records by status add up to all of them.</summary>
internal sealed class ArchiveTotals(bool plan)
{
    /// <summary>Whether nothing was recorded: then "recorded" counts what would be.</summary>
    public bool Plan { get; } = plan;

    public long Records { get; private set; }

    public long Recorded { get; private set; }

    public long Present { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Records with something unclear, whatever became of them.</summary>
    public long Unclear { get; private set; }

    /// <summary>How many commands of each kind recorded something, or would.</summary>
    public SortedDictionary<string, long> Commands { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the reading ended before the input did; null where it did not.</summary>
    public string? Stopped { get; set; }

    internal void Add(ArchiveAnswer answer)
    {
        Records++;
        _ = answer.Status switch { RecordStatus.Recorded => Recorded++, RecordStatus.Present => Present++, _ => Refused++ };
        Unclear += answer.Unclear.Count > 0 ? 1 : 0;
        foreach (var command in answer.Commands)
        {
            Commands[command] = Commands.GetValueOrDefault(command) + 1;
        }
    }
}
