namespace Ledger.Store;

/// <summary>Which events a feed shows. All given conditions must hold; a filter without conditions shows every event.</summary>
public sealed record FeedFilter
{
    /// <summary>The filter that shows every event.</summary>
    public static FeedFilter All { get; } = new();

    /// <summary>The greatest number of tag groups in one filter. Each is a condition in the query.</summary>
    public const int TagGroupsMax = 16;

    /// <summary>The stored types to show; empty shows all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>The ids of the streams to show; empty shows all.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>The ids of the streams to leave out.</summary>
    public IReadOnlyList<string> WithoutStreams { get; init; } = [];

    /// <summary>Groups of tags. The event must have at least one tag of each group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AnyOfTags { get; init; } = [];

    internal bool IsAll => Types.Count + Streams.Count + WithoutStreams.Count + AnyOfTags.Count == 0;
}
