namespace Ledger.Server;

/// <summary>A state with the stretches of positions and of publication in which it stands; an end that is not there yet is null.</summary>
internal sealed record TemporalRow(AssertionRow Row, long FromPosition, long? ToPosition, DateTimeOffset KnownFrom, DateTimeOffset? KnownTo)
{
    /// <summary>The end of what still stands, in columns that are compared with positions.</summary>
    internal const long OpenEnd = long.MaxValue;

    /// <summary>As a row of history.</summary>
    internal void WriteHistory(CopyRows rows)
    {
        WriteState(rows);
        rows.Write(ToPosition ?? OpenEnd);
        rows.Write(KnownTo);
    }

    /// <summary>As a row of a patch, whose state ends with an earlier event than the one from which on it is known.</summary>
    internal void WritePatch(CopyRows rows)
    {
        WriteHistory(rows);
        rows.Write(Row.Position);
    }

    /// <summary>As a current row.</summary>
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
