namespace Ledger.Formats;

/// <summary>One entry of a feed, whatever the format of the feed.</summary>
internal sealed record FeedEntry
{
    /// <summary>Its id in the feed: <c>id</c> or <c>guid</c>.</summary>
    internal string? Id { get; init; }

    internal string? Title { get; init; }

    /// <summary>Its own address: the entry's self link or permalink. Null where the feed gives only the page to which it links.</summary>
    internal string? Address { get; init; }

    /// <summary>The address of the page to which it links.</summary>
    internal string? Link { get; init; }

    internal string? Text { get; init; }

    internal string? Published { get; init; }

    internal string? Updated { get; init; }

    internal IReadOnlyList<string> Categories { get; init; } = [];

    internal string? Language { get; init; }
}

/// <summary>What a feed says about itself.</summary>
internal sealed record FeedHead
{
    internal string? Title { get; set; }

    /// <summary>The site to which it belongs, or its own address.</summary>
    internal string? Site { get; set; }

    internal string? Language { get; set; }
}
