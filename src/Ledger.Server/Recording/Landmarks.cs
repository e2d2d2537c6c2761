namespace Ledger.Server;

/// <summary>
/// Past states of a long stream at even intervals. A state between two of them is folded from the earlier one. Neighbouring states share nearly all of
/// their memory. Without landmarks, reading a moment in the middle of 10,000 events cost a hundred times as much as reading the present.
/// </summary>
internal sealed class Landmarks
{
    private const int KeptMax = 512;
    private const int FirstStep = 32;

    private readonly Lock _lock = new();
    private readonly SortedList<long, StreamState> _byVersion = [];
    private long _step = FirstStep;

    /// <summary>Whether a state may be kept as a landmark.</summary>
    internal static bool Takes(StreamState state) => state.Version % FirstStep == 0;

    /// <summary>Keeps a state that a fold has reached, if its version fits the current interval.</summary>
    internal void Pass(StreamState state)
    {
        lock (_lock)
        {
            if (state.Version % _step == 0)
            {
                _byVersion[state.Version] = state;
            }

            if (_byVersion.Count > KeptMax)
            {
                _step *= 2;
                foreach (var version in _byVersion.Keys.Where(v => v % _step != 0).ToList())
                {
                    _byVersion.Remove(version);
                }
            }
        }
    }

    /// <summary>The newest landmark at or before a position, and the oldest one after it. Null where there is none.</summary>
    internal (StreamState? Before, StreamState? Behind) Around(long position)
    {
        lock (_lock)
        {
            var (low, high) = (0, _byVersion.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _byVersion.Values[middle].Position <= position ? (middle + 1, high) : (low, middle);
            }

            return (low > 0 ? _byVersion.Values[low - 1] : null, low < _byVersion.Count ? _byVersion.Values[low] : null);
        }
    }

    /// <summary>Drops all landmarks, because stored values have changed.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _byVersion.Clear();
        }
    }
}
