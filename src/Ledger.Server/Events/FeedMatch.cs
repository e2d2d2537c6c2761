using Ledger.Store;

namespace Ledger.Server;

/// <summary>Applies the feed's filter to an event in memory, with the same result as the store's query.</summary>
internal static class FeedMatch
{
    internal static bool Shows(this FeedFilter filter, RecordedEvent e) =>
        (filter.Types.Count == 0 || filter.Types.Contains(e.Type, StringComparer.Ordinal))
        && (filter.Streams.Count == 0 || filter.Streams.Contains(e.Stream, StringComparer.Ordinal))
        && !filter.WithoutStreams.Contains(e.Stream, StringComparer.Ordinal)
        && filter.AnyOfTags.All(group => group.Count == 0 || group.Any(tag => e.Headers.Tags.Contains(tag, StringComparer.Ordinal)));
}
