namespace Ledger.Server;

/// <summary>
/// States of a long stream's past, evenly spread: what lies between two is folded from the earlier one. States share nearly all of their memory
/// with their neighbours. Without them a moment in the middle of 10,000 events cost a hundred times as much as the present.
/// </summary>
internal sealed class Landmarks
{
    private const int KeptMax = 512;
    private const int FirstStep = 32;

    private readonly Lock _lock = new();
    private readonly SortedList<long, StreamState> _byVersion = [];
    private long _step = FirstStep;

    /// <summary>Whether a state is one of those that may be kept.</summary>
    internal static bool Takes(StreamState state) => state.Version % FirstStep == 0;

    /// <summary>Takes a state that a fold comes past.</summary>
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

    /// <summary>The newest of them at or before a position, and the oldest behind it; null where there is none.</summary>
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

    /// <summary>Drops all, where stored values changed.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _byVersion.Clear();
        }
    }
}
