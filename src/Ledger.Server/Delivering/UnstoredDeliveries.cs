namespace Ledger.Server;

/// <summary>What became of deliveries since the last storing, in memory alone.</summary>
internal sealed class UnstoredDeliveries
{
    private readonly List<(string Stream, long Position)> _parkedBehind = [];
    private Dictionary<long, Delivery> _rows = [];

    /// <summary>Whether there is anything to store.</summary>
    internal bool Any => _rows.Count > 0 || _parkedBehind.Count > 0;

    /// <summary>Notes how a delivery stands; the last word counts.</summary>
    internal void Note(Delivery delivery) => _rows[delivery.Position] = delivery;

    /// <summary>Notes that everything behind a position of a stream waits for an operator.</summary>
    internal void NoteParkedBehind(string stream, long position) => _parkedBehind.Add((stream, position));

    /// <summary>What is to be stored now; it is forgotten here.</summary>
    internal (IReadOnlyCollection<Delivery> Rows, IReadOnlyList<(string Stream, long Position)> ParkedBehind) Take()
    {
        var taken = (_rows.Values, _parkedBehind.ToArray());
        _rows = [];
        _parkedBehind.Clear();
        return taken;
    }
}
