using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>The links over which a change passes downstream, as they stood at a position.</summary>
internal static class CarryingLinks
{
    private const int PollMs = 5;

    /// <summary>Of <see cref="LinksTo"/>: whether a change passes over a link.</summary>
    private const string Carries = "l.relation in ('derivedFrom', 'restates') and l.from_stream like 'assertion-%'";

    /// <summary>How long is waited for the projected links before the waiter gives its place up and tries again.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the projected links have reached a position; they run beside whoever asks, perhaps on another node.</summary>
    internal static async Task ReachAsync(EventStore store, long position, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(WaitMax);
        while (await store.ReadProgressAsync(LinkProjection.ProgressName, cancellationToken) < position)
        {
            if (timeout.IsCancellationRequested)
            {
                throw new StoreUnavailableException("The projected links do not follow the log.", outcomeKnown: true);
            }

            await Task.Delay(PollMs, cancellationToken);
        }
    }

    /// <summary>
    /// Every such link below an assertion, over any number of hops. Basis and differences are the link event's own, read by its position;
    /// the projected edges must have reached the position asked for.
    /// </summary>
    internal static async Task<IReadOnlyList<CarryingLink>> BelowAsync(NpgsqlDataSource source, string stream, long position, CancellationToken cancellationToken)
    {
        // The laterals keep the planner from scanning all links, or all events, for the few that are reached.
        await using var query = new PlannedQuery(source);
        query.Parameters.Add(new() { Value = stream });
        query.Parameters.Add(new() { Value = position });
        await using var reader = await query.ReadAsync($"""
            with recursive below (stream) as (
              select $1::text collate "C"
              union
              select x.from_stream from below b cross join lateral (
                {LinksTo("b.stream")} l where {Carries} and l.from_pos < $2 and (l.to_pos is null or l.to_pos > $2) offset 0) x)
            select x.from_stream, b.stream, e.data ->> 'basis', e.data -> 'differences'
            from below b
            cross join lateral (
                {LinksTo("b.stream")} l where {Carries} and l.from_pos < $2 and (l.to_pos is null or l.to_pos > $2) offset 0) x
            cross join lateral (select k.data from ledger.mt_events k where k.seq_id = x.from_pos offset 0) e
            """, cancellationToken);
        var links = new List<CarryingLink>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var differences = await reader.IsDBNullAsync(3, cancellationToken) ? [] : Read(reader.GetString(3));
            var basis = !await reader.IsDBNullAsync(2, cancellationToken) && reader.GetString(2) == "stated" ? Basis.Stated : Basis.Inferred;
            links.Add(CarryingLink.Of(Ids.OfStream(reader.GetString(0)).Id, Ids.OfStream(reader.GetString(1)).Id, basis, differences));
        }

        return links;
    }

    /// <summary>Those of some streams that any assertion ever took over: of the others nothing passes downstream.</summary>
    internal static async Task<HashSet<string>> TakenOverAsync(NpgsqlDataSource source, string[] streams, CancellationToken cancellationToken)
    {
        await using var query = new PlannedQuery(source);
        query.Parameters.Add(new() { Value = streams });
        await using var reader = await query.ReadAsync($"""
            select s.stream from (select distinct unnest($1::text[]) collate "C") s (stream) cross join lateral ({LinksTo("s.stream")} l where {Carries} limit 1) x
            where s.stream like 'assertion-%'
            """, cancellationToken);
        var found = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    /// <summary>
    /// The links to a stream by the one index that is good for it, before anything else is asked of them: a database that knew nothing of the
    /// table yet, as during a first import, thought few links to come from assertions, and read all that do for each stream.
    /// </summary>
    private static string LinksTo(string stream) => $"select l.from_stream, l.from_pos from (select * from ledger_read.link k where k.to_stream = {stream} offset 0)";

    private static List<Difference> Read(string json) => JsonSerializer.Deserialize<List<Difference>>(json, DomainJson.Stored)!;
}
