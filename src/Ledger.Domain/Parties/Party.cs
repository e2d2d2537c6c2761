namespace Ledger.Domain;

/// <summary>A party was recorded, or its entry changed. The newest entry holds.</summary>
public sealed record PartyRecorded : LedgerEvent
{
    /// <summary>The name in the party's own spelling.</summary>
    public string Name { get; init; } = Erased.Text;

    /// <summary>The kind of party in a word, such as person, publisher, government or organisation.</summary>
    public string Kind { get; init; } = Erased.Text;

    /// <summary>Other names of the party.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the party takes part. Only then does an upstream change await its answer.</summary>
    public bool Enrolled { get; init; }
}

/// <summary>Records a party, or changes its entry.</summary>
public sealed record RecordParty : Command
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The name in the party's own spelling.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of party, in a word.</summary>
    public required string Kind { get; init; }

    /// <summary>Other names of the party.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the party takes part, so that upstream changes await its answer.</summary>
    public bool Enrolled { get; init; }

    internal override void Check(Checks checks)
    {
        checks.Text(Name, "name", Limits.LineCodePointsMax);
        checks.Text(Kind, "kind", Limits.WordCodePointsMax);
        foreach (var alias in checks.Items(Aliases, "aliases"))
        {
            checks.Text(alias, "aliases", Limits.LineCodePointsMax);
        }
    }
}

/// <summary>A person or body that says something: the state to which its stream folds.</summary>
public sealed record Party
{
    /// <summary>The state before the first event.</summary>
    public static Party None { get; } = new();

    /// <summary>The entry in force; null while there is none.</summary>
    public PartyRecorded? Entry { get; init; }

    /// <summary>The number of the stream's events so far.</summary>
    public long Version { get; init; }

    /// <summary>The position of the newest event.</summary>
    public long Position { get; init; }

    /// <summary>When the party was first recorded; null while there is no event.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>
    /// Records a party or changes its entry. The same entry again changes nothing. With <paramref name="create"/>, a different entry under the id is
    /// refused.
    /// </summary>
    public static Decision Decide(Party state, RecordParty command, bool create, Circumstances c) =>
        Rules.Apply(command, c, null, stamp =>
        {
            var entry = new PartyRecorded { Name = command.Name, Kind = command.Kind, Aliases = command.Aliases, Enrolled = command.Enrolled };
            return state.Entry switch
            {
                { } same when Same.Event(same, entry) => Decision.Nothing,
                { } when create => Decision.Refuse(RefusalCode.IdTaken,
                    "A party with another entry has this id; choose another id, or change the entry with PUT.", "id"),
                _ => Decision.Accept(stamp(entry)),
            };
        });

    /// <summary>The state after one more event.</summary>
    public static Party Evolve(Party state, Recorded e)
    {
        var next = state with { Version = e.Version, Position = e.Position, RecordedAt = state.RecordedAt ?? e.RecordedAt, ChangedAt = e.RecordedAt };
        return e.Event is PartyRecorded entry ? next with { Entry = entry } : next;
    }
}
