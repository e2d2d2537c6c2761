namespace Ledger.Domain;

/// <summary>Who asks: a key or token, and the party that it may be bound to.</summary>
/// <param name="Principal">The id of the key or token; stored as <c>recordedBy</c>.</param>
/// <param name="Party">The only party that this principal may act for; null for an unbound one.</param>
public sealed record Actor(string Principal, string? Party = null);

/// <summary>What a client asks the ledger to record. The records double as the bodies of the HTTP requests.</summary>
public abstract record Command
{
    /// <summary>When it was uttered or decided.</summary>
    public TimeInput? OccurredAt { get; init; }

    /// <summary>When the public could know it.</summary>
    public TimeInput? PublishedAt { get; init; }

    /// <summary>The party that the principal acts for.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The party in whose name the command speaks, for keys bound to a party; null where it speaks for the recorder.</summary>
    internal virtual string? SpeaksFor => null;

    /// <summary>Checks the fields against one another and their limits.</summary>
    internal abstract void Check(Checks checks);

    /// <summary>The parties, sources and assertions that must have been recorded before.</summary>
    public virtual IEnumerable<Reference> References => [];
}

/// <summary>Something that a command names and that must exist.</summary>
/// <param name="Stream">The stream that must exist.</param>
/// <param name="Field">The field that names it.</param>
/// <param name="SourceVersion">The version that a source must have; null for any.</param>
public sealed record Reference(string Stream, string Field, int? SourceVersion = null)
{
    /// <summary>A party that must have been recorded.</summary>
    public static Reference Party(string id, string field) => new(Ids.PartyStream(id), field);

    /// <summary>An assertion that must have been recorded.</summary>
    public static Reference Assertion(string id, string field) => new(Ids.AssertionStream(id), field);

    /// <summary>A source, and its version where a captured one is named.</summary>
    public static Reference Source(string id, int? version, string field) => new(Ids.SourceStream(id), field, version);
}

/// <summary>What a decider may know beyond its own stream: all of it an argument, so that deciding stays pure.</summary>
/// <param name="Actor">Who asks.</param>
/// <param name="Now">The present, for the bound on publication dates.</param>
public sealed record Circumstances(Actor Actor, DateTimeOffset Now)
{
    /// <summary>The zone in which partial dates are read: that of the source spoken of, else UTC.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The publication of the source version that the command cites; null where it cites none or that is unknown.</summary>
    public StatedTime? CitedPublication { get; init; }

    /// <summary>The hash of the text of the source version that the command cites, where one is known.</summary>
    public string? CitedSha256 { get; init; }

    /// <summary>The evidence that is pinned to the source whose new version is captured.</summary>
    public IReadOnlyList<PinnedEvidence> PinnedEvidence { get; init; } = [];

    /// <summary>The publisher of the source that a claim is recorded from.</summary>
    public string? Publisher { get; init; }
}
