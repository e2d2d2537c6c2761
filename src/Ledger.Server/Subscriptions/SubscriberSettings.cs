using System.Globalization;
using System.Net;

namespace Ledger.Server;

/// <summary>
/// The settings for deliveries, under <c>Ledger:Webhooks</c>, <c>Ledger:Streams</c>, <c>Ledger:RabbitMq</c> and <c>Ledger:SecretsKey</c>.
/// </summary>
internal sealed record SubscriberSettings
{
    private const string DefaultSchedule = "0,00:00:05,00:05:00,00:30:00,02:00:00,05:00:00,10:00:00,14:00:00,20:00:00,1.00:00:00";

    /// <summary>The pause before each attempt; after the last one the delivery is parked.</summary>
    public required IReadOnlyList<TimeSpan> RetrySchedule { get; init; }

    /// <summary>How long one attempt may take in total.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether a webhook may be plain HTTP.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Networks that are not public but may be reached.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>How long an old secret still signs after a rotation.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The first pause of the circuit breaker, before an endpoint that failed for several assertions is tried again.</summary>
    public TimeSpan CircuitPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a finished delivery is kept.</summary>
    public TimeSpan HistoryKept { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a reader of an event stream may read nothing before the server closes the connection.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The broker for subscriptions that deliver to RabbitMQ.</summary>
    public Uri? RabbitMqUri { get; init; }

    /// <summary>
    /// The key that encrypts the subscribers' secrets: 32 bytes in base64. If the server runs its own PostgreSQL, it makes a key in the data directory.
    /// </summary>
    public string? SecretsKey { get; init; }

    internal static SubscriberSettings From(IConfiguration configuration)
    {
        var ledger = configuration.GetSection("Ledger");
        var webhooks = ledger.GetSection("Webhooks");
        return new()
        {
            RetrySchedule = [.. (webhooks["RetrySchedule"] ?? DefaultSchedule).Split(',', StringSplitOptions.TrimEntries).Select(t => TimeSpan.Parse(t, CultureInfo.InvariantCulture))],
            Timeout = TimeSpan.FromMilliseconds(webhooks.GetValue("TimeoutMs", 15_000)),
            AllowHttp = webhooks.GetValue("AllowHttp", false),
            AllowedNetworks = Networks(webhooks.GetSection("AllowedNetworks")),
            SecretOverlap = webhooks.GetValue("SecretOverlap", TimeSpan.FromHours(24)),
            CircuitPause = webhooks.GetValue("CircuitPause", TimeSpan.FromSeconds(5)),
            HistoryKept = webhooks.GetValue("HistoryKept", TimeSpan.FromDays(14)),
            StreamPatience = ledger.GetValue("Streams:Patience", TimeSpan.FromSeconds(30)),
            RabbitMqUri = ledger["RabbitMq:Uri"] is { Length: > 0 } uri ? new(uri) : null,
            SecretsKey = ledger["SecretsKey"],
        };
    }

    /// <summary>Reads a list from a settings file, or one text with commas from an environment variable.</summary>
    private static List<IPNetwork> Networks(IConfigurationSection section) =>
        [.. section.GetChildren().Select(c => c.Value).Append(section.Value).OfType<string>()
            .SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(IPNetwork.Parse)];
}
