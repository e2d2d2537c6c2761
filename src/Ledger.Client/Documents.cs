using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
/// <param name="Position">The position at which the list was read: every page of one walk has the same.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, long Position);

/// <summary>An assertion as it stands, or as it stood at the moment asked for.</summary>
public sealed record AssertionDocument
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What is stated, with the corrections that stand.</summary>
    public required string Proposition { get; init; }

    /// <summary>How it is stated.</summary>
    public required Modality Modality { get; init; }

    /// <summary>In which part of the source.</summary>
    public required Part Part { get; init; }

    /// <summary>The version of the source that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The publisher of the source.</summary>
    public required string Publisher { get; init; }

    /// <summary>Who said it, from the originator on.</summary>
    public required IReadOnlyList<Attribution> Attribution { get; init; }

    /// <summary>Its figures.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>The place and the period that it speaks of.</summary>
    public Scope? Scope { get; init; }

    /// <summary>BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>Its topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Its evidence, links, corrections and, where a moment of publication was asked for, uncertain events: as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Evidence { get; init; }

    /// <summary>Its links, as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Links { get; init; }

    /// <summary>Its corrections, as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Corrections { get; init; }

    /// <summary>What became of it.</summary>
    public required Standing Standing { get; init; }

    /// <summary>Events of which it is not known whether they were public at the moment asked for.</summary>
    public IReadOnlyList<JsonElement>? Uncertain { get; init; }

    /// <summary>When it was uttered.</summary>
    public StatedTime? OccurredAt { get; init; }

    /// <summary>When it was published.</summary>
    public StatedTime? PublishedAt { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version of its stream: give it as <see cref="WriteOptions.IfMatch"/> to change what was read.</summary>
    public required long Version { get; init; }

    /// <summary>The position of its newest event.</summary>
    public required long Position { get; init; }
}

/// <summary>An assertion as lists show it.</summary>
public sealed record AssertionItem
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What is stated.</summary>
    public required string Proposition { get; init; }

    /// <summary>The version of the source that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The publisher of the source.</summary>
    public required string Publisher { get; init; }

    /// <summary>In which part of the source.</summary>
    public required Part Part { get; init; }

    /// <summary>How it is stated.</summary>
    public required Modality Modality { get; init; }

    /// <summary>BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>Its topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>When it was published.</summary>
    public StatedTime? PublishedAt { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>For a badge; never shown without the summary.</summary>
    public required string Label { get; init; }

    /// <summary>The label with counts and parties.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it is in its own life.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>The names of its flags.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version of its stream.</summary>
    public required long Version { get; init; }

    /// <summary>The position of its newest event.</summary>
    public required long Position { get; init; }
}

/// <summary>The audit trail of an assertion.</summary>
/// <param name="Id">The assertion.</param>
/// <param name="Entries">Every event, the oldest first.</param>
/// <param name="Position">The position at which it was read.</param>
public sealed record HistoryDocument(string Id, IReadOnlyList<HistoryEntry> Entries, long Position);

/// <summary>One line of an audit trail.</summary>
public sealed record HistoryEntry
{
    /// <summary>The event's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Its version in the stream.</summary>
    public required long Version { get; init; }

    /// <summary>Its position in the log.</summary>
    public required long Position { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The principal that recorded it.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>The party that it acted for.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>What was recorded.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Fields of the content before and after.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The label before and after, where the event moved it.</summary>
    public Change? Label { get; init; }

    /// <summary>Where its receipt is.</summary>
    public required string Receipt { get; init; }
}

/// <summary>A work.</summary>
public sealed record SourceDocument(
    string Id, string Kind, string Title, string Publisher, string? Url, IReadOnlyList<string> Identifiers, string? Language, string? TimeZone,
    IReadOnlyList<VersionDocument> Versions, IReadOnlyList<JsonElement> Links, DateTimeOffset RecordedAt, long Version, long Position);

/// <summary>A version of a work; <c>Seen</c> is false where it is known to exist and was never captured.</summary>
public sealed record VersionDocument(
    int Version, string Edition, bool Seen, StatedTime? PublishedAt, string? Sha256, int? LengthCodePoints, IReadOnlyList<JsonElement> Paragraphs,
    string? Text, string? Url, IReadOnlyList<JsonElement> BasedOn, string? Note, DateTimeOffset RecordedAt, long Position);

/// <summary>A party; <c>Said</c> and <c>SaidOf</c> stand on its own page alone.</summary>
public sealed record PartyDocument(
    string Id, string Name, string Kind, IReadOnlyList<string> Aliases, bool Enrolled, DateTimeOffset RecordedAt, long Version, long Position,
    IReadOnlyList<PartyStatement>? Said = null, IReadOnlyList<PartyStatement>? SaidOf = null);

/// <summary>How a party stands towards an assertion, or how others stand towards one that it published.</summary>
public sealed record PartyStatement(string Assertion, string Proposition, string Label, StandingPosition Position);

/// <summary>What became of the document that somebody holds.</summary>
/// <param name="Url">The address asked for.</param>
/// <param name="Normalised">Its normal form.</param>
/// <param name="Sha256">The hash asked for.</param>
/// <param name="Documents">Every document that fits.</param>
/// <param name="Position">The position at which it was read.</param>
public sealed record StatusDocument(string? Url, string? Normalised, string? Sha256, IReadOnlyList<DocumentStatus> Documents, long Position);

/// <summary>What became of one document: its later versions, the notices since, and each of its assertions.</summary>
public sealed record DocumentStatus(
    string Source, string Title, string Publisher, int? Version, int NewestVersion, IReadOnlyList<int> LaterVersions, IReadOnlyList<JsonElement> NoticesSince,
    IReadOnlyList<AssertionStatus> Assertions);

/// <summary>One assertion of a document, by its badge.</summary>
public sealed record AssertionStatus(string Id, string Proposition, string Label, string Summary, IReadOnlyList<string> Flags);

/// <summary>How a subscription stands. Times of delivery are in seconds where the name ends in S.</summary>
public sealed record SubscriptionDocument(
    string Id, string Name, DeliveryTarget Delivery, SubscriptionFilter Filter, string State, long Cursor, long Head, long Lag, double? OldestUndeliveredAgeS,
    long Pending, long Parked, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastErrorAt, string? LastError, string CreatedBy, DateTimeOffset CreatedAt, string? Secret);

/// <summary>A key that was just made.</summary>
/// <param name="Id">Its id: the principal of what it records.</param>
/// <param name="Secret">What is sent as bearer; it is shown this once.</param>
public sealed record MadeKey(string Id, string Secret);
