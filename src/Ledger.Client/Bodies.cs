using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A notice about one assertion: as <see cref="IssueNotice"/>, whose items it has not.</summary>
public sealed record SingleNotice
{
    /// <summary>Chosen by the client, or made by the server.</summary>
    public string? Id { get; init; }

    /// <summary>Whose notice; for a retraction also the party whose words they are.</summary>
    public required string Publisher { get; init; }

    /// <summary>correction, clarification or update; belongs to a correction alone, and is a correction where it does not say.</summary>
    public NoticeKind? Kind { get; init; }

    /// <summary>Its words, verbatim; at most 10,000 code points.</summary>
    public required string Text { get; init; }

    /// <summary>Where it stands; it is a citation too.</summary>
    public string? Url { get; init; }

    /// <summary>Whether it changes what a reader takes from it; substantive where it does not say.</summary>
    public Materiality? Materiality { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>An earlier notice that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>For a correction: field by field, at most 64.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>For a retraction: all or a part; all where it does not say.</summary>
    public Extent? Extent { get; init; }

    /// <summary>The version of a source that carries it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>Where it was found, where no version is recorded: words or an address.</summary>
    public string? Citation { get; init; }

    /// <summary>When it was decided.</summary>
    public TimeInput? OccurredAt { get; init; }

    /// <summary>When the public could know it.</summary>
    public TimeInput? PublishedAt { get; init; }

    /// <summary>The party that the principal acts for.</summary>
    public string? OnBehalfOf { get; init; }
}

/// <summary>That a partner ran something elsewhere: a new source, its version, and an assertion for each that it restates.</summary>
public sealed record RecordRetelling
{
    /// <summary>The id of the new source; made by the server where it is left out.</summary>
    public string? Id { get; init; }

    /// <summary>The party that ran it.</summary>
    public required string Publisher { get; init; }

    /// <summary>Where it stands.</summary>
    public required string Url { get; init; }

    /// <summary>Its title there.</summary>
    public required string Title { get; init; }

    /// <summary>When it was published there.</summary>
    public required TimeInput PublishedAt { get; init; }

    /// <summary>What was run: one id of a source, all of whose assertions were; or the ids of assertions.</summary>
    public required object Of { get; init; }

    /// <summary>The IANA zone in which its partial dates are read; UTC where none is given.</summary>
    public string? TimeZone { get; init; }

    /// <summary>BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The party that the principal acts for.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>When it was decided.</summary>
    public TimeInput? OccurredAt { get; init; }
}

/// <summary>How a subscriber is reached.</summary>
/// <param name="Kind"><c>webhook</c> or <c>rabbitmq</c>.</param>
/// <param name="Url">The address of a webhook.</param>
/// <param name="Exchange">The exchange of a broker; it must exist.</param>
/// <param name="RoutingKey">The routing key; empty where it does not say.</param>
public sealed record DeliveryTarget(string Kind, string? Url = null, string? Exchange = null, string? RoutingKey = null);

/// <summary>Which events a subscriber is told of. Everything that is given must hold; an empty list holds for all.</summary>
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

    /// <summary><c>substantive</c> or <c>minor</c>.</summary>
    public IReadOnlyList<string> Materiality { get; init; } = [];

    /// <summary>Whether what derives from the named assertions and sources counts too.</summary>
    public bool IncludeDerived { get; init; }
}

/// <summary>A new subscription.</summary>
public sealed record CreateSubscription
{
    /// <summary>Chosen by the client, or made by the server.</summary>
    public string? Id { get; init; }

    /// <summary>What people call it; at most 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Where events go.</summary>
    public required DeliveryTarget Delivery { get; init; }

    /// <summary>Which events.</summary>
    public SubscriptionFilter Filter { get; init; } = new();

    /// <summary>Where it begins: <c>"now"</c>, a position (<see cref="long"/>), or a time (RFC 3339). Null is now.</summary>
    public object? From { get; init; }
}

/// <summary>A new key.</summary>
/// <param name="Name">What people call it; at most 200 characters.</param>
/// <param name="Scopes">What it may do: read, record, correct, subscribe, audit, erase:request, erase:approve, admin.</param>
/// <param name="Party">The one party that it acts for; null for any.</param>
/// <param name="Expires">When it ends; null for never.</param>
public sealed record NewKey(string Name, IReadOnlyList<string> Scopes, string? Party = null, DateTimeOffset? Expires = null);

/// <summary>What is to be erased for good: of an assertion, of a party, or of single events.</summary>
public sealed record NewErasure
{
    /// <summary>The assertion whose events are meant.</summary>
    public string? Assertion { get; init; }

    /// <summary>The party whose words are meant.</summary>
    public string? Party { get; init; }

    /// <summary>The positions of the events that are meant; at most 10,000.</summary>
    public IReadOnlyList<long>? Positions { get; init; }

    /// <summary>The fields of their data that are to go; at most 64.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The law or the order that asks for it.</summary>
    public string? LegalBasis { get; init; }
}
