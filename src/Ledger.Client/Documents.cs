using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
/// <param name="Position">The log position at which the list was read. All pages of one walk have the same position.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, long Position);

/// <summary>An assertion as it is now, or as it was at the requested moment.</summary>
public sealed record AssertionDocument
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The proposition, after corrections and amendments.</summary>
    public required string Proposition { get; init; }

    /// <summary>How firmly the author states it.</summary>
    public required Modality Modality { get; init; }

    /// <summary>The part of the source in which it stands.</summary>
    public required Part Part { get; init; }

    /// <summary>The version of the source that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The publisher of the source.</summary>
    public required string Publisher { get; init; }

    /// <summary>The attribution chain, from originator to publisher.</summary>
    public required IReadOnlyList<Attribution> Attribution { get; init; }

    /// <summary>Its figures.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>The place and the period of which it speaks.</summary>
    public Scope? Scope { get; init; }

    /// <summary>The language, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>Its topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Its evidence, as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Evidence { get; init; }

    /// <summary>Its links, as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Links { get; init; }

    /// <summary>Its corrections, as JSON of the API.</summary>
    public required IReadOnlyList<JsonElement> Corrections { get; init; }

    /// <summary>Its standing.</summary>
    public required Standing Standing { get; init; }

    /// <summary>
    /// The events of which it is not known whether they were public at the requested moment, as JSON of the API. Null where no such moment was
    /// requested.
    /// </summary>
    public IReadOnlyList<JsonElement>? Uncertain { get; init; }

    /// <summary>When it was said; null where that is not known.</summary>
    public StatedTime? OccurredAt { get; init; }

    /// <summary>When it was published; null where that is not known.</summary>
    public StatedTime? PublishedAt { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version of its stream. Pass it as <see cref="WriteOptions.IfMatch"/> to change exactly what was read.</summary>
    public required long Version { get; init; }

    /// <summary>The log position of its newest event.</summary>
    public required long Position { get; init; }
}

/// <summary>An assertion as lists show it.</summary>
public sealed record AssertionItem
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The proposition, after corrections and amendments.</summary>
    public required string Proposition { get; init; }

    /// <summary>The version of the source that states it.</summary>
    public required SourceVersion Source { get; init; }

    /// <summary>The publisher of the source.</summary>
    public required string Publisher { get; init; }

    /// <summary>The part of the source in which it stands.</summary>
    public required Part Part { get; init; }

    /// <summary>How firmly the author states it.</summary>
    public required Modality Modality { get; init; }

    /// <summary>The language, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>Its topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>When it was published; null where that is not known.</summary>
    public StatedTime? PublishedAt { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The word for a badge. It is never shown without the summary.</summary>
    public required string Label { get; init; }

    /// <summary>The label with counts and parties.</summary>
    public required string Summary { get; init; }

    /// <summary>The stage of its life.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>The names of its flags.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version of its stream.</summary>
    public required long Version { get; init; }

    /// <summary>The log position of its newest event.</summary>
    public required long Position { get; init; }
}

/// <summary>The audit trail of an assertion.</summary>
/// <param name="Id">The assertion.</param>
/// <param name="Entries">Every event, the oldest first.</param>
/// <param name="Position">The log position at which it was read.</param>
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

    /// <summary>The party that the principal acted for; null where it named none.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The recorded data, as it is stored.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The fields of the content that the event changed, before and after.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The label before and after; null where the event did not change it.</summary>
    public Change? Label { get; init; }

    /// <summary>The address of its receipt.</summary>
    public required string Receipt { get; init; }
}

/// <summary>A work.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">The kind of work, such as article.</param>
/// <param name="Title">Its title.</param>
/// <param name="Publisher">The party that publishes it.</param>
/// <param name="Url">Its URL; null where it has none.</param>
/// <param name="Identifiers">Its other identifiers, such as a DOI.</param>
/// <param name="Language">The language, as a BCP 47 tag; null where it is unknown.</param>
/// <param name="TimeZone">The IANA time zone in which its partial dates are read; null means UTC.</param>
/// <param name="Versions">Its versions.</param>
/// <param name="Links">Its links, as JSON of the API.</param>
/// <param name="RecordedAt">When it was registered.</param>
/// <param name="Version">The version of its stream.</param>
/// <param name="Position">The log position of its newest event.</param>
public sealed record SourceDocument(
    string Id, string Kind, string Title, string Publisher, string? Url, IReadOnlyList<string> Identifiers, string? Language, string? TimeZone,
    IReadOnlyList<VersionDocument> Versions, IReadOnlyList<JsonElement> Links, DateTimeOffset RecordedAt, long Version, long Position);

/// <summary>A version of a work. It may be known to exist without having been captured.</summary>
/// <param name="Version">Its number in the source, from 1.</param>
/// <param name="Edition">The edition, such as print or online.</param>
/// <param name="Seen">Whether the recorder has seen it.</param>
/// <param name="PublishedAt">When it was published; null where that is unknown.</param>
/// <param name="Sha256">SHA-256 of its text, as lower-case hex; null where none is known.</param>
/// <param name="LengthCodePoints">The length of its text in code points; null where no text was given.</param>
/// <param name="Paragraphs">The paragraphs of its text, as JSON of the API.</param>
/// <param name="Text">Its text; null where it was not kept.</param>
/// <param name="Url">Its URL; null where it has none.</param>
/// <param name="BasedOn">The works on which it is based, as JSON of the API.</param>
/// <param name="Note">A remark of the recorder; null for none.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Position">The log position of its event.</param>
public sealed record VersionDocument(
    int Version, string Edition, bool Seen, StatedTime? PublishedAt, string? Sha256, int? LengthCodePoints, IReadOnlyList<JsonElement> Paragraphs,
    string? Text, string? Url, IReadOnlyList<JsonElement> BasedOn, string? Note, DateTimeOffset RecordedAt, long Position);

/// <summary>A party.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of party, in a word.</param>
/// <param name="Aliases">Its other names.</param>
/// <param name="Enrolled">Whether it takes part, so that upstream changes await its answer.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Version">The version of its stream.</param>
/// <param name="Position">The log position of its newest event.</param>
/// <param name="Said">The positions that it took; null in lists.</param>
/// <param name="SaidOf">The positions that others took on what it published; null in lists.</param>
public sealed record PartyDocument(
    string Id, string Name, string Kind, IReadOnlyList<string> Aliases, bool Enrolled, DateTimeOffset RecordedAt, long Version, long Position,
    IReadOnlyList<PartyStatement>? Said = null, IReadOnlyList<PartyStatement>? SaidOf = null);

/// <summary>The position of a party on an assertion, or the position of others on an assertion that it published.</summary>
/// <param name="Assertion">The id of the assertion.</param>
/// <param name="Proposition">Its proposition.</param>
/// <param name="Label">The label of its standing.</param>
/// <param name="Position">The position that was taken.</param>
public sealed record PartyStatement(string Assertion, string Proposition, string Label, StandingPosition Position);

/// <summary>What became of a document that a reader has.</summary>
/// <param name="Url">The requested address.</param>
/// <param name="Normalised">Its normal form.</param>
/// <param name="Sha256">The requested hash.</param>
/// <param name="Documents">Every matching document.</param>
/// <param name="Position">The log position at which it was read.</param>
public sealed record StatusDocument(string? Url, string? Normalised, string? Sha256, IReadOnlyList<DocumentStatus> Documents, long Position);

/// <summary>What became of one document: its later versions, the later notices, and each of its assertions.</summary>
/// <param name="Source">The id of the source.</param>
/// <param name="Title">Its title.</param>
/// <param name="Publisher">The party that publishes it.</param>
/// <param name="Version">The matching version; null where none is determined.</param>
/// <param name="NewestVersion">The number of its newest version.</param>
/// <param name="LaterVersions">The numbers of the versions after the matching one.</param>
/// <param name="NoticesSince">The notices since that version, as JSON of the API.</param>
/// <param name="Assertions">Its assertions.</param>
public sealed record DocumentStatus(
    string Source, string Title, string Publisher, int? Version, int NewestVersion, IReadOnlyList<int> LaterVersions, IReadOnlyList<JsonElement> NoticesSince,
    IReadOnlyList<AssertionStatus> Assertions);

/// <summary>One assertion of a document, with its badge.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Proposition">Its proposition.</param>
/// <param name="Label">The label of its standing.</param>
/// <param name="Summary">The label with counts and parties.</param>
/// <param name="Flags">The names of its flags.</param>
public sealed record AssertionStatus(string Id, string Proposition, string Label, string Summary, IReadOnlyList<string> Flags);

/// <summary>The state of a subscription.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Delivery">Where events are delivered.</param>
/// <param name="Filter">Which events are delivered.</param>
/// <param name="State">Its state, as a word.</param>
/// <param name="Cursor">The log position up to which it has come.</param>
/// <param name="Head">The last log position.</param>
/// <param name="Lag">How far it is behind the head, in events.</param>
/// <param name="OldestUndeliveredAgeS">The age of the oldest undelivered event, in seconds; null where there is none.</param>
/// <param name="Pending">The number of pending deliveries.</param>
/// <param name="Parked">The number of parked deliveries.</param>
/// <param name="LastSuccessAt">When a delivery last succeeded; null where none has.</param>
/// <param name="LastErrorAt">When a delivery last failed; null where none has.</param>
/// <param name="LastError">The last failure; null where there was none.</param>
/// <param name="CreatedBy">The principal that made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Secret">The secret that signs webhooks; only in the answer that makes the subscription.</param>
public sealed record SubscriptionDocument(
    string Id, string Name, DeliveryTarget Delivery, SubscriptionFilter Filter, string State, long Cursor, long Head, long Lag, double? OldestUndeliveredAgeS,
    long Pending, long Parked, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastErrorAt, string? LastError, string CreatedBy, DateTimeOffset CreatedAt, string? Secret);

/// <summary>A key that was just made.</summary>
/// <param name="Id">The id of the key, which is the principal of what is recorded with it.</param>
/// <param name="Secret">The secret, sent as bearer token. It is shown only in this answer.</param>
public sealed record MadeKey(string Id, string Secret);
