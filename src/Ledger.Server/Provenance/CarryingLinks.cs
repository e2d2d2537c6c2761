using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>The links along which a change passes downstream, as they were at a position.</summary>
internal static class CarryingLinks
{
    private const int PollMs = 5;

    /// <summary>A condition on the rows of <see cref="LinksTo"/>: whether a change passes along the link.</summary>
    private const string Carries = "l.relation in ('derivedFrom', 'restates') and l.from_stream like 'assertion-%'";

    /// <summary>How long to wait for the projected links. After that the wait fails and the caller tries again.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the projection of links has reached a position. It runs independently of the caller, perhaps on another node.</summary>
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
    /// All carrying links below an assertion, over any number of hops. Basis and differences are read from the link event itself. The projection of links
    /// must have reached the requested position.
    /// </summary>
    internal static async Task<IReadOnlyList<CarryingLink>> BelowAsync(NpgsqlDataSource source, string stream, long position, CancellationToken cancellationToken)
    {
        // The lateral joins keep the planner from scanning all links or all events when it needs only a few.
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

    /// <summary>The given streams that some assertion has ever derived from or restated. Changes of the other streams do not pass downstream.</summary>
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
    /// Reads the links to a stream by the index on to_stream first, and applies the other conditions afterwards. Without this, a database that had no
    /// statistics of the table yet, as during a first import, assumed that few links come from assertions. It then read all of those links for each stream.
    /// </summary>
    private static string LinksTo(string stream) => $"select l.from_stream, l.from_pos from (select * from ledger_read.link k where k.to_stream = {stream} offset 0)";

    private static List<Difference> Read(string json) => JsonSerializer.Deserialize<List<Difference>>(json, DomainJson.Stored)!;
}
