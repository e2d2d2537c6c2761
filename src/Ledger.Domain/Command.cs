namespace Ledger.Domain;

/// <summary>The sender of a command: a key or token, and the party that it may be bound to.</summary>
/// <param name="Principal">The id of the key or token; stored as <c>recordedBy</c>.</param>
/// <param name="Party">The only party that this principal may act for; null for an unbound one.</param>
public sealed record Actor(string Principal, string? Party = null);

/// <summary>A command: what a client asks the ledger to record. The command types are also the bodies of the HTTP requests.</summary>
public abstract record Command
{
    /// <summary>When it was said or decided; null where nobody stated it.</summary>
    public TimeInput? OccurredAt { get; init; }

    /// <summary>When the public could first know it; null means unknown.</summary>
    public TimeInput? PublishedAt { get; init; }

    /// <summary>The party that the principal acts for; null where it names none.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>
    /// The party in whose name the command speaks; null where it speaks for the recorder. A key that is bound to a party may speak only for that party.
    /// </summary>
    internal virtual string? SpeaksFor => null;

    /// <summary>Checks the fields against their limits and against one another.</summary>
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

    /// <summary>A source that must have been registered, with the version where a captured one is named.</summary>
    public static Reference Source(string id, int? version, string field) => new(Ids.SourceStream(id), field, version);
}

/// <summary>What a decision may know beyond its own stream. All of it is passed as an argument, so that deciding stays pure.</summary>
/// <param name="Actor">The sender of the command.</param>
/// <param name="Now">The present time, which bounds publication dates.</param>
public sealed record Circumstances(Actor Actor, DateTimeOffset Now)
{
    /// <summary>The time zone in which partial dates are read: that of the source concerned, otherwise UTC.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The publication of the source version that the command cites; null where it cites none or the publication is unknown.</summary>
    public StatedTime? CitedPublication { get; init; }

    /// <summary>SHA-256 of the text of the source version that the command cites, as lower-case hex; null where none is known.</summary>
    public string? CitedSha256 { get; init; }

    /// <summary>For the capture of a version: the evidence that is pinned to earlier versions of the source.</summary>
    public IReadOnlyList<PinnedEvidence> PinnedEvidence { get; init; } = [];

    /// <summary>For the recording of a claim: the publisher of its source.</summary>
    public string? Publisher { get; init; }
}
