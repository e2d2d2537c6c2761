namespace Ledger.Store;

/// <summary>Which events a feed shows. Everything that is given must hold; nothing given shows all.</summary>
public sealed record FeedFilter
{
    /// <summary>Shows every event.</summary>
    public static FeedFilter All { get; } = new();

    /// <summary>Most groups of tags in one filter: each is a condition in the query.</summary>
    public const int TagGroupsMax = 16;

    /// <summary>Stored types; empty shows all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Streams; empty shows all.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>Streams that are left out.</summary>
    public IReadOnlyList<string> WithoutStreams { get; init; } = [];

    /// <summary>Every group must have at least one of its tags on the event.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AnyOfTags { get; init; } = [];

    internal bool IsAll => Types.Count + Streams.Count + WithoutStreams.Count + AnyOfTags.Count == 0;
}
