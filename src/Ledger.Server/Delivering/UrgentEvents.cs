using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Retractions, restrictions and erasures: what a subscriber must hear before the backlog of other assertions.</summary>
internal static class UrgentEvents
{
    internal static IReadOnlySet<string> Types { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        EventTypes.NameOf(typeof(RetractionIssued)), EventTypes.NameOf(typeof(AccessRestricted)), EventTypes.NameOf(typeof(PayloadErased)),
    };

    /// <summary>The urgent part of a filter; null where it shows nothing urgent.</summary>
    internal static FeedFilter? Of(FeedFilter filter)
    {
        List<string> types = [.. filter.Types.Count == 0 ? Types : Types.Intersect(filter.Types, StringComparer.Ordinal)];
        return types.Count == 0 ? null : filter with { Types = types };
    }
}
