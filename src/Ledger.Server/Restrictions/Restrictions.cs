using System.Collections.Immutable;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Keeps the restrictions of the whole ledger. Every call first reads the log up to its head. So a restriction is in force on every node as soon as its
/// recorder has the answer.
/// </summary>
/// <remarks>
/// Reads of a single thing use the clock: what an embargo hid is shown once its time has passed. Readers with a cursor use the log: for them a restriction
/// ends at the position of the event that ends it. So all of them receive the withheld events at that position.
/// </remarks>
internal sealed class Restrictions(EventStore store, TimeProvider clock) : IDisposable
{
    private const int PageEvents = 1_000;

    /// <summary>The types of events that add or end a restriction. No other event changes what is restricted.</summary>
    internal static readonly IReadOnlySet<string> Types = EventTypes.NamesOf(typeof(AccessRestricted), typeof(Withdrawn));

    private static readonly string ClaimType = EventTypes.NameOf(typeof(ClaimRecorded));
    private static readonly FeedFilter Relevant = new() { Types = [.. Types] };

    /// <summary>While a source is restricted, its new assertions are restricted too, so new claims are read as well.</summary>
    private static readonly FeedFilter RelevantWithClaims = new() { Types = [.. Types, ClaimType] };

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<Guid, OpenRestriction> _open = [];
    private readonly Dictionary<string, ImmutableHashSet<string>> _assertionsOf = new(StringComparer.Ordinal);     // for each restricted source
    private readonly List<RestrictionEnd> _ended = [];
    private RestrictionEnd[] _ends = [];        // a copy of _ended for readers, replaced when another restriction has ended
    private long _position = -1;

    /// <summary>What is hidden now, by the clock.</summary>
    internal Task<RestrictedNow> CurrentAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return ReadAsync(() => Hidden(_open.Values.Where(o => o.Restriction.HoldsAt(now))), cancellationToken);
    }

    /// <summary>What is hidden by the log. An embargo whose time has passed stays in force until its end is recorded.</summary>
    internal Task<RestrictedNow> InLogAsync(CancellationToken cancellationToken) => ReadAsync(() => Hidden(_open.Values), cancellationToken);

    /// <summary>The restrictions that end at a set time, with their streams and their ends, the nearest end first.</summary>
    internal Task<IReadOnlyList<(Guid Restriction, string Stream, DateTimeOffset End)>> EndingAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<(Guid, string, DateTimeOffset)>>(
            () => [.. _open.Where(o => o.Value.Restriction.Until is not null)
                .Select(o => (o.Key, o.Value.Stream, o.Value.Restriction.Until!.To))
                .OrderBy(o => o.To)],
            cancellationToken);

    private RestrictedNow Hidden(IEnumerable<OpenRestriction> open)
    {
        if (_ends.Length != _ended.Count)
        {
            _ends = [.. _ended];
        }

        var streams = open.Select(o => Ids.OfStream(o.Stream)).ToLookup(s => s.Type, s => s.Id);
        var sources = streams["source"].ToHashSet(StringComparer.Ordinal);
        return new(streams["assertion"].ToHashSet(StringComparer.Ordinal), sources)
        {
            AssertionsOfSources = [.. sources.Select(s => _assertionsOf[s])], Ends = _ends, Position = _position,
        };
    }

    private async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_position < 0)
            {
                await LoadAsync(cancellationToken);
            }

            await CatchUpAsync(cancellationToken);
            return read();
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
            page = await store.ReadFeedAsync(_position, PageEvents, _assertionsOf.Count > 0 ? RelevantWithClaims : Relevant, cancellationToken);
            foreach (var e in page.Events)
            {
                switch (EventTypes.Deserialize(e.Type, e.Data))
                {
                    case AccessRestricted restriction:
                        await OpenAsync(e.Id, new(e.Stream, e.Position, restriction), cancellationToken);
                        break;
                    case ClaimRecorded claim when _assertionsOf.TryGetValue(claim.Source.Id, out var assertions):
                        _assertionsOf[claim.Source.Id] = assertions.Add(Ids.OfStream(e.Stream).Id);
                        break;
                    case Withdrawn withdrawn:
                        if (_open.Remove(withdrawn.Event, out var ended))
                        {
                            _ended.Add(new(ended.Stream, ended.From, e.Position));
                            if (Ids.OfStream(ended.Stream) is { Type: "source", Id: var source } && !_open.Values.Any(o => o.Stream == ended.Stream))
                            {
                                _assertionsOf.Remove(source);
                            }
                        }

                        break;
                    default:
                        break;
                }
            }

            _position = page.Next;
        }
        while (_position < page.Head);
    }

    /// <summary>Starts from the projected restrictions, so that a node does not have to read the whole log for a few events.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var position = await store.ReadProgressAsync(RestrictionProjection.ProgressName, cancellationToken);
        foreach (var (id, restriction) in await ProjectedAsync(position, cancellationToken))
        {
            await OpenAsync(id, restriction, cancellationToken);
        }

        _position = position;
    }

    /// <summary>Loads the ended restrictions from the projection, and returns those that were open at a position.</summary>
    private async Task<List<(Guid Id, OpenRestriction Restriction)>> ProjectedAsync(long position, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand(
            "select event_id, stream, data, case when to_pos <= $1 then to_pos end, from_pos from ledger_read.restriction where from_pos <= $1 order by to_pos");
        command.Parameters.Add(new() { Value = position });
        var open = new List<(Guid Id, OpenRestriction Restriction)>();
        _ended.Clear();     // An earlier attempt may have failed halfway.
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!await reader.IsDBNullAsync(3, cancellationToken))
            {
                _ended.Add(new(reader.GetString(1), reader.GetInt64(4), reader.GetInt64(3)));
                continue;
            }

            var restriction = (AccessRestricted)EventTypes.Deserialize(EventTypes.NameOf(typeof(AccessRestricted)), reader.GetString(2));
            open.Add((reader.GetGuid(0), new(reader.GetString(1), reader.GetInt64(4), restriction)));
        }

        return open;
    }

    private async Task OpenAsync(Guid id, OpenRestriction restriction, CancellationToken cancellationToken)
    {
        _open[id] = restriction;
        if (Ids.OfStream(restriction.Stream) is { Type: "source", Id: var source } && !_assertionsOf.ContainsKey(source))
        {
            _assertionsOf[source] = await AssertionsOfAsync(source, cancellationToken);
        }
    }

    /// <summary>The assertions of a source: those in the projection, and the newer ones in the log.</summary>
    private async Task<ImmutableHashSet<string>> AssertionsOfAsync(string source, CancellationToken cancellationToken)
    {
        var assertions = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var after = await store.ReadProgressAsync(DocumentProjection.ProgressName, cancellationToken);
        await using (var command = store.DataSource.CreateCommand("select assertion from ledger_read.claim where source = $1"))
        {
            command.Parameters.Add(new() { Value = source });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                assertions.Add(reader.GetString(0));
            }
        }

        var filter = new FeedFilter { Types = [ClaimType], AnyOfTags = [RestrictionEnd.TagOf(source)] };
        for (FeedPage? page = null; page is null || after < page.Head; after = page.Next)
        {
            page = await store.ReadFeedAsync(after, PageEvents, filter, cancellationToken);
            assertions.UnionWith(page.Events.Select(e => Ids.OfStream(e.Stream).Id));
        }

        return assertions.ToImmutable();
    }

    private sealed record OpenRestriction(string Stream, long From, AccessRestricted Restriction);
}
