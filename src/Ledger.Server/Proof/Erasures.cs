using Ledger.Domain;
using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>
/// Knows which fields of which events were erased, and by which event. It reads this from the log. <see cref="OfAsync"/> first reads the log up to its
/// head.
/// </summary>
internal sealed class Erasures(EventStore store) : IDisposable
{
    private const int PageEvents = 1_000;

    private static readonly FeedFilter Relevant = new() { Types = [EventTypes.NameOf(typeof(PayloadErased))] };
    private static readonly IReadOnlyDictionary<string, long> None = new Dictionary<string, long>();

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<long, IReadOnlyDictionary<string, long>> _paths = [];
    private long _position;

    /// <summary>The erased paths (<see cref="CommitmentPath"/>) of the event at a position, each with the position of the event that erased it.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> OfAsync(long position, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        return Known(position);
    }

    /// <summary>The same as <see cref="OfAsync"/>, but without reading the log again.</summary>
    internal IReadOnlyDictionary<string, long> Known(long position)
    {
        lock (_paths)
        {
            return _paths.GetValueOrDefault(position) ?? None;
        }
    }

    /// <summary>Reads the rest of the log, up to its head.</summary>
    internal async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            FeedPage page;
            do
            {
                page = await store.ReadFeedAsync(_position, PageEvents, Relevant, cancellationToken);
                foreach (var e in page.Events)
                {
                    Add(e.Position, (PayloadErased)EventTypes.Deserialize(e.Type, e.Data));
                }

                _position = page.Next;
            }
            while (_position < page.Head);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private void Add(long erasedAt, PayloadErased erasure)
    {
        lock (_paths)
        {
            foreach (var erased in CommitmentPath.OfErasure(erasure.Positions, erasure.Fields, erasure.TagsOf).ToLookup(e => e.Position, e => e.Path))
            {
                var known = new Dictionary<string, long>(_paths.GetValueOrDefault(erased.Key) ?? None, StringComparer.Ordinal);
                foreach (var path in erased)
                {
                    known.TryAdd(path, erasedAt);
                }

                _paths[erased.Key] = known;
            }
        }
    }
}
