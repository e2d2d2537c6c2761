namespace Ledger.Formats;

/// <summary>One entry of a feed, whatever the format of the feed.</summary>
internal sealed record FeedEntry
{
    /// <summary>What the feed calls it: <c>id</c>, <c>guid</c>.</summary>
    internal string? Id { get; init; }

    internal string? Title { get; init; }

    /// <summary>Its own address, as the entry's self link or permalink; null where the feed gives only what it links to.</summary>
    internal string? Address { get; init; }

    /// <summary>The page that it links to.</summary>
    internal string? Link { get; init; }

    internal string? Text { get; init; }

    internal string? Published { get; init; }

    internal string? Updated { get; init; }

    internal IReadOnlyList<string> Categories { get; init; } = [];

    internal string? Language { get; init; }
}

/// <summary>What a feed says of itself.</summary>
internal sealed record FeedHead
{
    internal string? Title { get; set; }

    /// <summary>The site that it belongs to, or its own address.</summary>
    internal string? Site { get; set; }

    internal string? Language { get; set; }
}
