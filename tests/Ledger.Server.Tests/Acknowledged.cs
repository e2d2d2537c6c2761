using System.Collections.Concurrent;
using System.Text.Json;
using Ledger.Store;

namespace Ledger.Server.Tests;

/// <summary>What a server acknowledged as recorded, for comparison with the log.</summary>
internal sealed class Acknowledged
{
    private readonly ConcurrentDictionary<Guid, (long Position, string Stream, long Version)> _events = [];

    internal int Count => _events.Count;

    /// <summary>Notes an answer. A repeated answer must be the same.</summary>
    internal void Take(JsonElement answer)
    {
        foreach (var e in answer.GetProperty("events").EnumerateArray())
        {
            var said = (e.Position, e.GetProperty("stream").GetString()!, e.GetProperty("version").GetInt64());
            _events.GetOrAdd(e.GetProperty("id").GetGuid(), said).ShouldBe(said);
        }
    }

    /// <summary>Reads the whole log; positions are 1 to n, versions contiguous, times increasing, and all that was acknowledged is there.</summary>
    internal async Task<IReadOnlyList<RecordedEvent>> ShouldBeInAsync(EventStore store)
    {
        var log = new List<RecordedEvent>();
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(log.Count, EventStore.FeedPageMax, new());
            log.AddRange(page.Events);
        }
        while (page.Next < page.Head);
        log.Select(e => e.Position).ShouldBe(Enumerable.Range(1, log.Count).Select(n => (long)n));
        log.Select(e => e.Id).Distinct().Count().ShouldBe(log.Count);
        log.Zip(log.Skip(1)).ShouldAllBe(pair => pair.First.RecordedAt < pair.Second.RecordedAt);
        foreach (var stream in log.GroupBy(e => e.Stream))
        {
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Key);
        }

        var recorded = log.ToDictionary(e => e.Id, e => (e.Position, e.Stream, e.Version));
        foreach (var (id, said) in _events)
        {
            recorded.ShouldContainKeyAndValue(id, said);
        }

        return log;
    }
}
