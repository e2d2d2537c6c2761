using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Keeps the open restrictions of the whole ledger, read from the log up to its head at every asking: a restriction holds from the moment
/// that its recorder has the answer, on every node.
/// </summary>
internal sealed class Restrictions(EventStore store, TimeProvider clock) : IDisposable
{
    private const int PageEvents = 1_000;

    /// <summary>The types that restrict or lift; after any other event the same is restricted as before it.</summary>
    internal static readonly IReadOnlySet<string> Types = EventTypes.NamesOf(typeof(AccessRestricted), typeof(Withdrawn));

    private static readonly FeedFilter Relevant = new() { Types = [.. Types] };

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<Guid, (string Stream, AccessRestricted Restriction)> _open = [];
    private long _position = -1;

    internal async Task<RestrictedNow> CurrentAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_position < 0)
            {
                await LoadAsync(cancellationToken);
            }

            await CatchUpAsync(cancellationToken);
            if (_open.Count == 0)
            {
                return RestrictedNow.Nothing;
            }

            var now = clock.GetUtcNow();
            var streams = _open.Values.Where(o => o.Restriction.HoldsAt(now)).Select(o => Ids.OfStream(o.Stream)).ToLookup(s => s.Type, s => s.Id);
            return new(streams["assertion"].ToHashSet(StringComparer.Ordinal), streams["source"].ToHashSet(StringComparer.Ordinal));
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(_position, PageEvents, Relevant, cancellationToken);
            foreach (var e in page.Events)
            {
                switch (EventTypes.Deserialize(e.Type, e.Data))
                {
                    case AccessRestricted restriction:
                        _open[e.Id] = (e.Stream, restriction);
                        break;
                    case Withdrawn withdrawn:
                        _open.Remove(withdrawn.Event);
                        break;
                    default:
                        break;
                }
            }

            _position = page.Next;
        }
        while (_position < page.Head);
    }

    /// <summary>Starts from the projected restrictions, so that a node need not read the whole log for a handful of events.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var position = await store.ReadProgressAsync(RestrictionProjection.ProgressName, cancellationToken);
        await using var command = store.DataSource.CreateCommand(
            "select event_id, stream, data from ledger_read.restriction where from_pos <= $1 and (to_pos is null or to_pos > $1)");
        command.Parameters.Add(new() { Value = position });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var restriction = (AccessRestricted)EventTypes.Deserialize(EventTypes.NameOf(typeof(AccessRestricted)), reader.GetString(2));
            _open[reader.GetGuid(0)] = (reader.GetString(1), restriction);
        }

        _position = position;
    }
}
