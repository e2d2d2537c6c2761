namespace Ledger.Server;

/// <summary>Changes of deliveries since the last write, in memory only.</summary>
internal sealed class UnstoredDeliveries
{
    private readonly List<(string Stream, long Position)> _parkedBehind = [];
    private Dictionary<long, Delivery> _rows = [];

    /// <summary>Whether there is anything to store.</summary>
    internal bool Any => _rows.Count > 0 || _parkedBehind.Count > 0;

    /// <summary>Notes the state of a delivery; the newest note counts.</summary>
    internal void Note(Delivery delivery) => _rows[delivery.Position] = delivery;

    /// <summary>Notes that every delivery after a position of a stream waits for an operator.</summary>
    internal void NoteParkedBehind(string stream, long position) => _parkedBehind.Add((stream, position));

    /// <summary>Returns what is to be stored now, and forgets it here.</summary>
    internal (IReadOnlyCollection<Delivery> Rows, IReadOnlyList<(string Stream, long Position)> ParkedBehind) Take()
    {
        var taken = (_rows.Values, _parkedBehind.ToArray());
        _rows = [];
        _parkedBehind.Clear();
        return taken;
    }
}
