using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A notice about one assertion. It is like <see cref="IssueNotice"/>, but without items.</summary>
public sealed record SingleNotice
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The party that issues the notice: the publisher or, for a retraction, also a party of the attribution chain.</summary>
    public required string Publisher { get; init; }

    /// <summary>For a correction only: correction, clarification or update; null means correction.</summary>
    public NoticeKind? Kind { get; init; }

    /// <summary>The words of the notice, verbatim; at most 10,000 code points.</summary>
    public required string Text { get; init; }

    /// <summary>The URL of the notice; it counts as a citation.</summary>
    public string? Url { get; init; }

    /// <summary>Whether the notice changes what a reader takes from the assertion; null means substantive.</summary>
    public Materiality? Materiality { get; init; }

    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>For a correction: the changes, field by field; at most 64.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>For a retraction: how much is retracted; null means all.</summary>
    public Extent? Extent { get; init; }

    /// <summary>The captured version of a source that carries the notice.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }

    /// <summary>When it was decided; null where that is not known.</summary>
    public TimeInput? OccurredAt { get; init; }

    /// <summary>When the public could first know it; null means unknown.</summary>
    public TimeInput? PublishedAt { get; init; }

    /// <summary>The party that the principal acts for; null where it acts for none.</summary>
    public string? OnBehalfOf { get; init; }
}

/// <summary>Records that a partner published content elsewhere. This makes a new source, its version, and a new assertion for each restated one.</summary>
public sealed record RecordRetelling
{
    /// <summary>The id of the new source; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The party that published it there.</summary>
    public required string Publisher { get; init; }

    /// <summary>The URL of the publication there.</summary>
    public required string Url { get; init; }

    /// <summary>The title of the publication there.</summary>
    public required string Title { get; init; }

    /// <summary>When it was published there.</summary>
    public required TimeInput PublishedAt { get; init; }

    /// <summary>What was published there: the id of a source (a text), which means all its assertions, or a list of ids of assertions.</summary>
    public required object Of { get; init; }

    /// <summary>The IANA time zone in which its partial dates are read; null means UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The language, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The party that the principal acts for; null where it acts for none.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>When it was decided; null where that is not known.</summary>
    public TimeInput? OccurredAt { get; init; }
}

/// <summary>How a subscriber is reached.</summary>
/// <param name="Kind"><c>webhook</c> or <c>rabbitmq</c>.</param>
/// <param name="Url">The URL of a webhook; null for a broker.</param>
/// <param name="Exchange">The exchange of a broker, which must exist; null for a webhook.</param>
/// <param name="RoutingKey">The routing key; null means empty.</param>
public sealed record DeliveryTarget(string Kind, string? Url = null, string? Exchange = null, string? RoutingKey = null);

/// <summary>Which events a subscriber receives. All conditions must hold; an empty list accepts every event.</summary>
public sealed record SubscriptionFilter
{
    /// <summary>Types of events, such as <c>denial_recorded</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Ids of assertions.</summary>
    public IReadOnlyList<string> Assertions { get; init; } = [];

    /// <summary>Ids of sources.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Ids of publishers.</summary>
    public IReadOnlyList<string> Publishers { get; init; } = [];

    /// <summary>Ids of parties.</summary>
    public IReadOnlyList<string> Parties { get; init; } = [];

    /// <summary>Topics.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The materiality of notices: <c>substantive</c> or <c>minor</c>.</summary>
    public IReadOnlyList<string> Materiality { get; init; } = [];

    /// <summary>Whether assertions that derive from the named assertions and sources count too.</summary>
    public bool IncludeDerived { get; init; }
}

/// <summary>A new subscription.</summary>
public sealed record CreateSubscription
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>A name for people; at most 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Where events are delivered.</summary>
    public required DeliveryTarget Delivery { get; init; }

    /// <summary>Which events are delivered.</summary>
    public SubscriptionFilter Filter { get; init; } = new();

    /// <summary>Where the subscription begins: <c>"now"</c>, a position (<see cref="long"/>), or a time (RFC 3339). Null means now.</summary>
    public object? From { get; init; }
}

/// <summary>A new key.</summary>
/// <param name="Name">A name for people; at most 200 characters.</param>
/// <param name="Scopes">What the key may do: read, record, correct, subscribe, audit, erase:request, erase:approve, admin.</param>
/// <param name="Party">The only party that it may act for; null for any.</param>
/// <param name="Expires">When the key expires; null for never.</param>
public sealed record NewKey(string Name, IReadOnlyList<string> Scopes, string? Party = null, DateTimeOffset? Expires = null);

/// <summary>What is to be erased permanently: values of an assertion, of a party, or of single events.</summary>
public sealed record NewErasure
{
    /// <summary>The assertion whose events are meant; null where none is named.</summary>
    public string? Assertion { get; init; }

    /// <summary>The party whose words are meant; null where none is named.</summary>
    public string? Party { get; init; }

    /// <summary>The log positions of the events that are meant; at most 10,000.</summary>
    public IReadOnlyList<long>? Positions { get; init; }

    /// <summary>The fields of their data that are to be erased; at most 64.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The law or the order that requires the erasure.</summary>
    public string? LegalBasis { get; init; }
}
