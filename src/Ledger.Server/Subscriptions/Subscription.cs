using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Where deliveries go: a webhook's address, or a broker's exchange.</summary>
internal sealed record DeliveryTarget(string Kind, string? Url = null, string? Exchange = null, string? RoutingKey = null)
{
    internal const string Webhook = "webhook";
    internal const string RabbitMq = "rabbitmq";
}

/// <summary>Which events a subscriber is told of. Everything that is given must hold.</summary>
internal sealed record SubscriptionFilter
{
    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyList<string> Assertions { get; init; } = [];

    public IReadOnlyList<string> Sources { get; init; } = [];

    public IReadOnlyList<string> Publishers { get; init; } = [];

    public IReadOnlyList<string> Parties { get; init; } = [];

    public IReadOnlyList<string> Topics { get; init; } = [];

    public IReadOnlyList<string> Materiality { get; init; } = [];

    /// <summary>Also material changes of what the selected assertions restate or derive from, over any number of links.</summary>
    public bool? IncludeDerived { get; init; }

    /// <summary>The same filter in the form of the feed.</summary>
    internal FeedFilter ToFeed() => new()
    {
        Types = [.. Types.Select(CloudEvent.StoredType)],
        Streams = [.. Assertions.Select(Ids.AssertionStream)],
        AnyOfTags = [.. new[] { ("source", Sources), ("publisher", Publishers), ("party", Parties), ("topic", Topics), ("materiality", Materiality) }
            .Where(g => g.Item2.Count > 0)
            .Select(g => (IReadOnlyList<string>)[.. g.Item2.Select(v => $"{g.Item1}:{v}")])],
    };
}

/// <summary>A subscription as it is stored.</summary>
internal sealed record Subscription
{
    internal const string Active = "active";
    internal const string Paused = "paused";
    internal const string Disabled = "disabled";

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DeliveryTarget Target { get; init; }

    public required SubscriptionFilter Filter { get; init; }

    public required string State { get; init; }

    public byte[]? Secrets { get; init; }

    /// <summary>The cursor. Every matching event up to it is delivered, or is in the list of deliveries.</summary>
    public required long Position { get; init; }

    public long Revision { get; init; } = 1;

    public required string CreatedBy { get; init; }

    /// <summary>Whether the key that created the subscription may see restricted events.</summary>
    public required bool Audits { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SucceededAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    public string? Error { get; init; }

    internal static string Json<T>(T value) => JsonSerializer.Serialize(value, DomainJson.Stored);
}
