namespace Ledger.Server;

/// <summary>A state with the stretches of positions and of publication in which it stands; an end that is not there yet is null.</summary>
internal sealed record TemporalRow(AssertionRow Row, long FromPosition, long? ToPosition, DateTimeOffset KnownFrom, DateTimeOffset? KnownTo)
{
    /// <summary>The end of what still stands, in columns that are compared with positions.</summary>
    internal const long OpenEnd = long.MaxValue;

    /// <summary>As a row of history or of a patch.</summary>
    internal void WriteTo(CopyRows rows)
    {
        WriteState(rows);
        rows.Write(ToPosition ?? OpenEnd);
        rows.Write(KnownTo);
    }

    /// <summary>As a current row.</summary>
    internal void WriteState(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Row.Id);
        rows.Write(FromPosition);
        rows.Write((DateTimeOffset?)KnownFrom);
        rows.Write(Row.Source);
        rows.Write(Row.Publisher);
        rows.Write(Row.Label);
        rows.Write(Row.Lifecycle);
        rows.Write(Row.Parties);
        rows.Write(Row.Topics);
        rows.Write(Row.Flags);
        rows.Write(Row.Words);
        rows.Write(Row.ValidFrom);
        rows.Write(Row.ValidTo);
        rows.Write(Row.Body);
    }
}
