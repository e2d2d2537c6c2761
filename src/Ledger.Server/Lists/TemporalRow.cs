namespace Ledger.Server;

/// <summary>A state with the stretches of positions and of publication in which it stands; an end is null while it is not known.</summary>
internal sealed record TemporalRow(AssertionRow Row, long FromPosition, long? ToPosition, DateTimeOffset KnownFrom, DateTimeOffset? KnownTo)
{
    /// <summary>The end of what still stands, in columns that are compared with positions.</summary>
    internal const long OpenEnd = long.MaxValue;

    /// <summary>Writes a row of assertion_history.</summary>
    internal void WriteHistory(CopyRows rows)
    {
        WriteState(rows);
        rows.Write(ToPosition ?? OpenEnd);
        rows.Write(KnownTo);
    }

    /// <summary>Writes a row of assertion_patch. The last event of its state may be earlier than the event from which the patch holds.</summary>
    internal void WritePatch(CopyRows rows)
    {
        WriteHistory(rows);
        rows.Write(Row.Position);
    }

    /// <summary>Writes the columns of a state, which are a whole row of assertion_current.</summary>
    internal void WriteState(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Row.Id);
        rows.Write(FromPosition);
        rows.Write((DateTimeOffset?)KnownFrom);
        rows.Write((DateTimeOffset?)Row.ChangedAt);
        rows.Write(Row.Version);
        rows.Write(Row.Content.Number);
        rows.Write(Row.Flags);
        rows.Write(Row.Label);
        rows.Write((short)Row.Lifecycle);
        rows.Write(Row.InPart);
        rows.Write(Row.Source);
        rows.Write(Row.Publisher);
        rows.Write(Row.Parties);
        rows.Write(Row.Words);
        rows.Write(Row.Summary);
    }
}
