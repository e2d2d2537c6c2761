using System.Globalization;
using System.Net;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The body that makes a subscription.</summary>
internal sealed record CreateSubscription
{
    public string? Id { get; init; }

    public required string Name { get; init; }

    public required DeliveryTarget Delivery { get; init; }

    public SubscriptionFilter Filter { get; init; } = new();

    /// <summary>"now", a position, or a time.</summary>
    public JsonElement? From { get; init; }
}

/// <summary>The body that delivers again: positions, both included.</summary>
internal sealed record ReplaySubscription(long From, long? To = null);

/// <summary>The rules for a subscription.</summary>
internal static class SubscriptionRules
{
    private const int NameLengthMax = 200;
    private const int UrlLengthMax = 2_000;
    private const int FilterValuesMax = 64;

    internal static void Demand(CreateSubscription request, SubscriberSettings settings)
    {
        if (request.Name.Length is 0 or > NameLengthMax)
        {
            throw Invalid("name", $"has 1 to {NameLengthMax} characters.");
        }

        DemandFilter(request.Filter);
        switch (request.Delivery)
        {
            case { Kind: DeliveryTarget.Webhook, Url: { } url, Exchange: null, RoutingKey: null }:
                DemandAddress(url, settings);
                break;
            case { Kind: DeliveryTarget.Webhook }:
                throw Invalid("delivery.url", "is the address of the webhook, and all that a webhook takes.");
            case { Kind: DeliveryTarget.RabbitMq, Exchange.Length: > 0 and < 256, Url: null }:
                _ = settings.RabbitMqUri ?? throw Invalid("delivery.kind", "is rabbitmq, but this ledger has no broker; set Ledger:RabbitMq:Uri.");
                break;
            case { Kind: DeliveryTarget.RabbitMq }:
                throw Invalid("delivery.exchange", "is the exchange to publish to; a broker takes no url here.");
            default:
                throw Invalid("delivery.kind", "is webhook or rabbitmq.");
        }
    }

    /// <summary>The position after which a subscription begins.</summary>
    internal static async Task<long> StartAsync(JsonElement? from, ReadPoints points, long head, CancellationToken cancellationToken) => from switch
    {
        null or { ValueKind: JsonValueKind.Null } => head,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var position) && position >= 0 =>
            await points.ResolveAsync(position.ToString(CultureInfo.InvariantCulture), "from", cancellationToken),
        { ValueKind: JsonValueKind.String } text => text.GetString() == "now" ? head : await points.ResolveAsync(text.GetString()!, "from", cancellationToken),
        _ => throw Invalid("from", "is \"now\", a position or a time."),
    };

    private static void DemandFilter(SubscriptionFilter filter)
    {
        IReadOnlyList<string>[] lists = [filter.Types, filter.Assertions, filter.Sources, filter.Publishers, filter.Parties, filter.Topics, filter.Materiality];
        if (lists.Any(l => l.Count > FilterValuesMax || l.Any(string.IsNullOrEmpty)))
        {
            throw Invalid("filter", $"holds lists of at most {FilterValuesMax} values, none of them empty.");
        }

        if (filter.Materiality.FirstOrDefault(m => !FeedRoute.Materialities.Contains(m)) is { } unknown)
        {
            throw Invalid("filter.materiality", $"holds {string.Join(" or ", FeedRoute.Materialities)}, not \"{unknown}\".");
        }
    }

    private static void DemandAddress(string url, SubscriberSettings settings)
    {
        if (url.Length > UrlLengthMax || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0)
        {
            throw Invalid("delivery.url", "is an absolute address such as https://example.org/ledger.");
        }

        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && settings.AllowHttp))
        {
            throw Invalid("delivery.url", "is an https address; plain http is taken only where Ledger:Webhooks:AllowHttp is set.");
        }

        if (address.UserInfo.Length > 0 || address.Fragment.Length > 0)
        {
            throw Invalid("delivery.url", "holds neither user, password nor fragment; requests are signed.");
        }

        // A host name is resolved and checked at every new connection. An IP address can be checked now.
        if (IPAddress.TryParse(address.DnsSafeHost, out var literal) && !PublicAddresses.MayReach(literal, settings.AllowedNetworks))
        {
            throw Invalid("delivery.url", "is not a public address; Ledger:Webhooks:AllowedNetworks may name its network.");
        }
    }

    internal static ProblemException Invalid(string field, string message) => new(Problem.BadRequest("invalid", $"{field} {message}", field));
}
