using System.Text.Json.Serialization;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>
/// What became of a record: recorded (something in it is new), present (everything in it was there already) or refused (something in it could not be
/// recorded).
/// </summary>
internal enum RecordStatus
{
    Recorded,
    Present,
    Refused,
}

/// <summary>The answer line for one record.</summary>
/// <param name="Record">Its number in the file, from 1.</param>
/// <param name="Line">The line on which it begins; null if the format has no lines.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Positions">The position of the last event of each of its commands.</param>
/// <param name="Problems">What could not be recorded, and why.</param>
/// <param name="Unclear">What a person may want to look at.</param>
internal sealed record ArchiveAnswer(
    long Record, long? Line, string Name, RecordStatus Status, IReadOnlyList<long> Positions, IReadOnlyList<Finding> Problems, IReadOnlyList<Finding> Unclear)
{
    /// <summary>How many records the file has; null while that is not known.</summary>
    public long? Of { get; init; }

    /// <summary>The commands that recorded something; in a plan, those that would record something.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Commands { get; init; } = [];
}

/// <summary>The last line of the answer. The counts by status add up to the number of records.</summary>
internal sealed class ArchiveTotals(bool plan)
{
    /// <summary>Whether this is a plan, which records nothing. "recorded" then counts the records that would be recorded.</summary>
    public bool Plan { get; } = plan;

    public long Records { get; private set; }

    public long Recorded { get; private set; }

    public long Present { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Records with something unclear, whatever their status.</summary>
    public long Unclear { get; private set; }

    /// <summary>How many commands of each kind recorded something; in a plan, how many would.</summary>
    public SortedDictionary<string, long> Commands { get; } = new(StringComparer.Ordinal);

    /// <summary>Why reading stopped before the end of the input; null when the whole input was read.</summary>
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
