using Ledger.Store;

namespace Ledger.Server;

/// <summary>The feed's filter on an event in memory; it decides as the store's query does.</summary>
internal static class FeedMatch
{
    internal static bool Shows(this FeedFilter filter, RecordedEvent e) =>
        (filter.Types.Count == 0 || filter.Types.Contains(e.Type, StringComparer.Ordinal))
        && (filter.Streams.Count == 0 || filter.Streams.Contains(e.Stream, StringComparer.Ordinal))
        && !filter.WithoutStreams.Contains(e.Stream, StringComparer.Ordinal)
        && filter.AnyOfTags.All(group => group.Count == 0 || group.Any(tag => e.Headers.Tags.Contains(tag, StringComparer.Ordinal)));
}
