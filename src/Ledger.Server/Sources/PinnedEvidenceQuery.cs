using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Finds the evidence that is pinned to a source, and what later versions of the source say about it.</summary>
internal static class PinnedEvidenceQuery
{
    /// <summary>
    /// One capture tries at most this many selectors. Searching a text of the largest size for one selector takes less than a millisecond.
    /// </summary>
    private const int EvidenceMax = 5_000;

    /// <summary>
    /// The evidence that is pinned to a source now. It includes everything that was acknowledged before this call, because the call waits for the
    /// projection.
    /// </summary>
    internal static async Task<IReadOnlyList<PinnedEvidence>> OfAsync(EventStore store, ProjectionPositions positions, string source, CancellationToken cancellationToken)
    {
        await positions.ForAsync(DocumentProjection.ProgressName, await store.HeadAsync(cancellationToken), 0, cancellationToken);
        await using var command = store.DataSource.CreateCommand("""
            select e.stream_id, e.id, e.type, e.data::text from ledger_read.evidence p join ledger.mt_events e on e.seq_id = p.from_pos
            where p.source = $1 and p.to_pos is null order by p.from_pos limit $2
            """);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = EvidenceMax });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var pinned = new List<PinnedEvidence>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var evidence = (EvidenceAttached)EventTypes.Deserialize(reader.GetString(2), reader.GetString(3));
            pinned.Add(new(Ids.OfStream(reader.GetString(0)).Id, reader.GetGuid(1), evidence.SourceVersion.Version, evidence.Selector));
        }

        return pinned;
    }

    /// <summary>A state, completed with what later versions of its sources say about its evidence at the same moment.</summary>
    internal static async Task<Assertion> SearchedAsync(ReadCall call, Assertion state, ReadPoint point) => (await SearchedAsync(call, [state], point))[0];

    /// <summary>The same for several states, with one query.</summary>
    internal static async Task<IReadOnlyList<Assertion>> SearchedAsync(ReadCall call, IReadOnlyList<Assertion> states, ReadPoint point)
    {
        List<string> sources = [.. states.SelectMany(PinnedTo).Distinct(StringComparer.Ordinal).Select(Ids.SourceStream)];
        if (sources.Count == 0)
        {
            return states;
        }

        var captured = (await call.Store.ReadStreamsAsync(sources, point.Position, call.Cancelled))
            .Where(e => e.Type == EventTypes.NameOf(typeof(VersionCaptured))).Select(e => e.ToDomain()).Where(point.Counts)
            .ToLookup(e => Ids.OfStream(e.Stream).Id, StringComparer.Ordinal);
        return [.. states.Select(state => PinnedTo(state).SelectMany(s => captured[s]).Aggregate(state, (s, v) => Assertion.Evolve(s, v, (VersionCaptured)v.Event)))];
    }

    private static List<string> PinnedTo(Assertion state) =>
        [.. state.Entries.Standing<EvidenceAttached>().Select(e => e.Event.SourceVersion.Id).Distinct(StringComparer.Ordinal)];
}
