using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// Selects the events for a subscription: those that match its filter. With <c>includeDerived</c>, it also selects material changes of assertions upstream
/// of the followed ones, over any number of links as they were at the time of the event. The answer for an event never changes.
/// </summary>
internal sealed class Interest
{
    /// <summary>
    /// The maximum number of paths that one message names. A change may reach a thousand followed assertions, which is too much for a header.
    /// </summary>
    private const int WaysMax = 8;

    private const string AssertionPrefix = "assertion-";
    private const string MaterialityTag = "materiality:";

    private readonly EventStore _store;
    private readonly bool _audits;
    private readonly FeedFilter _own;
    private readonly IReadOnlyList<IReadOnlyList<string>> _places;

    internal Interest(Subscription subscription, EventStore store)
    {
        var filter = subscription.Filter;
        (_store, _audits) = (store, subscription.Audits);
        _own = filter.ToFeed();
        _places = [.. _own.AnyOfTags.Where(g => !IsMateriality(g))];
        ReadsMore = filter.IncludeDerived == true && (_own.Streams.Count > 0 || _places.Count > 0);
        Read = ReadsMore ? _own with { Streams = [], AnyOfTags = [.. _own.AnyOfTags.Where(IsMateriality)] } : _own;
    }

    /// <summary>Whether more events must be read than the filter matches.</summary>
    internal bool ReadsMore { get; }

    /// <summary>The filter for reading the log.</summary>
    internal FeedFilter Read { get; }

    /// <summary>Selects those of the events that the subscription is told about.</summary>
    internal async Task<IReadOnlyList<T>> SelectAsync<T>(IReadOnlyList<T> events, Func<T, RecordedEvent> of, CancellationToken cancellationToken)
    {
        if (!ReadsMore)
        {
            return [.. events.Where(e => Shows(of(e)))];
        }

        var upstream = await UpstreamAsync([.. events.Select(of).Where(e => !Shows(e))], cancellationToken);
        return [.. events.Where(e => Shows(of(e)) || upstream.Contains(of(e).Position))];
    }

    /// <summary>
    /// Whether the filter matches an event. If the subscription does not audit, events about access are withheld from it for ever, so they never count.
    /// </summary>
    private bool Shows(RecordedEvent e) => _own.Shows(e) && (_audits || !Ids.IsOfAccess(e.Stream));

    /// <summary>The paths from an upstream event to the followed assertions, as JSON. Null if the filter itself matches the event.</summary>
    internal async Task<string?> ViaAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        if (!ReadsMore || Shows(e))
        {
            return null;
        }

        await CarryingLinks.ReachAsync(_store, e.Position, cancellationToken);
        var ways = (await WaysAsync(e, cancellationToken)).Take(WaysMax).Select(w => new { assertion = w.Derived, path = w.Path, basis = w.Basis, fields = w.Fields });
        return JsonSerializer.Serialize(ways, DomainJson.Stored);
    }

    private static bool IsMateriality(IReadOnlyList<string> tags) => tags[0].StartsWith(MaterialityTag, StringComparison.Ordinal);

    private async Task<HashSet<long>> UpstreamAsync(IReadOnlyList<RecordedEvent> events, CancellationToken cancellationToken)
    {
        List<RecordedEvent> material = [.. events.Where(e => MaterialChange.Types.Contains(e.Type) && e.Stream.StartsWith(AssertionPrefix, StringComparison.Ordinal))];
        if (material.Count == 0)
        {
            return [];
        }

        await CarryingLinks.ReachAsync(_store, material[^1].Position, cancellationToken);
        var takenOver = await CarryingLinks.TakenOverAsync(_store.DataSource, [.. material.Select(e => e.Stream)], cancellationToken);
        var reaching = new HashSet<long>();
        foreach (var e in material.Where(e => takenOver.Contains(e.Stream)))
        {
            if ((await WaysAsync(e, cancellationToken)).Count > 0)
            {
                reaching.Add(e.Position);
            }
        }

        return reaching;
    }

    /// <summary>The paths from an event down to the followed assertions, the shortest first.</summary>
    private async Task<IReadOnlyList<Reached>> WaysAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var change = e.ToDomain().Event;
        var withdrawn = change is Withdrawn w ? (await _store.ReadEventAsync(w.Event, cancellationToken))?.ToDomain().Event : null;
        var links = await CarryingLinks.BelowAsync(_store.DataSource, e.Stream, e.Position, cancellationToken);
        var reached = Downstream.Of(Ids.OfStream(e.Stream).Id, change, withdrawn, links);
        var followed = await FollowedAsync([.. reached.Select(r => Ids.AssertionStream(r.Derived))], cancellationToken);
        return [.. reached.Where(r => followed.Contains(Ids.AssertionStream(r.Derived))).OrderBy(r => r.Path.Count)];
    }

    /// <summary>Those of the given assertions that the filter selects, by id and by the tags of their claims.</summary>
    private async Task<HashSet<string>> FollowedAsync(string[] streams, CancellationToken cancellationToken)
    {
        string[] named = _own.Streams.Count == 0 ? streams : [.. streams.Intersect(_own.Streams, StringComparer.Ordinal)];
        if (_places.Count == 0 || named.Length == 0)
        {
            return named.ToHashSet(StringComparer.Ordinal);
        }

        await using var command = _store.DataSource.CreateCommand(
            "select stream_id, array(select jsonb_array_elements_text(headers->'tags')) from ledger.mt_events where stream_id = any($1) and version = 1");
        command.Parameters.Add(new() { Value = named, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        var followed = new HashSet<string>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var tags = await row.GetFieldValueAsync<string[]>(1, cancellationToken);
            if (_places.All(group => group.Any(tag => tags.Contains(tag, StringComparer.Ordinal))))
            {
                followed.Add(row.GetString(0));
            }
        }

        return followed;
    }
}
