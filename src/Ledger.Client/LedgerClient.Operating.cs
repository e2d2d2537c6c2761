using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <content>Subscriptions, keys and erasures.</content>
public sealed partial class LedgerClient
{
    /// <summary>Makes a subscription. The secret that signs its webhooks is in this answer and in no other.</summary>
    [Operation("POST", "/v1/subscriptions")]
    public Task<SubscriptionDocument> CreateSubscriptionAsync(CreateSubscription subscription, CancellationToken cancellationToken = default) =>
        SendAsync<SubscriptionDocument>(HttpMethod.Post, "v1/subscriptions", subscription, cancellationToken);

    /// <summary>Every subscription, as JSON of the API.</summary>
    [Operation("GET", "/v1/subscriptions")]
    public Task<JsonElement> ListSubscriptionsAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/subscriptions", cancellationToken);

    /// <summary>How a subscription stands.</summary>
    [Operation("GET", "/v1/subscriptions/{id}")]
    public Task<SubscriptionDocument> GetSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => GetAsync<SubscriptionDocument>(Path(subscription), cancellationToken);

    /// <summary>Ends a subscription and what is left of its deliveries.</summary>
    [Operation("DELETE", "/v1/subscriptions/{id}")]
    public Task DeleteSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, Path(subscription), null, null, cancellationToken);

    /// <summary>Stops deliveries; nothing is lost meanwhile.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/pause")]
    public Task PauseSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, "pause"), cancellationToken);

    /// <summary>Goes on with deliveries.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/resume")]
    public Task ResumeSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, "resume"), cancellationToken);

    /// <summary>Delivers a test event once, and says how the subscriber answered, as JSON of the API.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/test")]
    public Task<JsonElement> TestSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => SendAsync<JsonElement>(HttpMethod.Post, Path(subscription, "test"), null, cancellationToken);

    /// <summary>Gives a subscription a new secret; the former one signs too for a while. As JSON of the API, the secret in it.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/secret/rotation")]
    public Task<JsonElement> RotateSecretAsync(string subscription, CancellationToken cancellationToken = default) =>
        SendAsync<JsonElement>(HttpMethod.Post, Path(subscription, "secret/rotation"), null, cancellationToken);

    /// <summary>Delivers again from one position to another, both included; to the head where no end is given.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/replay")]
    public Task ReplayAsync(string subscription, long from, long? to = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Path(subscription, "replay"), JsonSerializer.Serialize(new { from, to }, DomainJson.Stored), null, cancellationToken);

    /// <summary>Deliveries with their attempts, as JSON of the API.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="state"><c>pending</c>, <c>parked</c>, <c>delivered</c> or <c>skipped</c>; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Operation("GET", "/v1/subscriptions/{id}/deliveries")]
    public Task<JsonElement> ListDeliveriesAsync(string subscription, string? state = null, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>(QueryOf.Add(Path(subscription, "deliveries"), ("state", state)), cancellationToken);

    /// <summary>Tries a delivery again at once.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/deliveries/{position}/retry")]
    public Task RetryDeliveryAsync(string subscription, long position, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, $"deliveries/{Text(position)}/retry"), cancellationToken);

    /// <summary>Gives a delivery up; those behind it go on.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/deliveries/{position}/skip")]
    public Task SkipDeliveryAsync(string subscription, long position, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, $"deliveries/{Text(position)}/skip"), cancellationToken);

    /// <summary>Makes a key. Its secret is in this answer and in no other.</summary>
    [Operation("POST", "/v1/keys")]
    public Task<MadeKey> CreateKeyAsync(NewKey key, CancellationToken cancellationToken = default) => SendAsync<MadeKey>(HttpMethod.Post, "v1/keys", key, cancellationToken);

    /// <summary>Every key, without secrets, as JSON of the API.</summary>
    [Operation("GET", "/v1/keys")]
    public Task<JsonElement> ListKeysAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/keys", cancellationToken);

    /// <summary>One key, without its secret, as JSON of the API.</summary>
    [Operation("GET", "/v1/keys/{id}")]
    public Task<JsonElement> GetKeyAsync(string key, CancellationToken cancellationToken = default) => GetAsync<JsonElement>($"v1/keys/{Escape(key)}", cancellationToken);

    /// <summary>Ends a key at once.</summary>
    [Operation("DELETE", "/v1/keys/{id}")]
    public Task RevokeKeyAsync(string key, CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, $"v1/keys/{Escape(key)}", null, null, cancellationToken);

    /// <summary>Gives a key a new secret; the former one is good for a while.</summary>
    /// <param name="key">The key.</param>
    /// <param name="overlapS">For how many seconds the former secret stays good; a day where it does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Operation("POST", "/v1/keys/{id}/rotation")]
    public Task<MadeKey> RotateKeyAsync(string key, int? overlapS = null, CancellationToken cancellationToken = default) =>
        SendAsync<MadeKey>(HttpMethod.Post, $"v1/keys/{Escape(key)}/rotation", new { overlapS }, cancellationToken);

    /// <summary>Asks for values to be erased for good; another principal approves. As JSON of the API.</summary>
    [Operation("POST", "/v1/erasures")]
    public Task<JsonElement> RequestErasureAsync(NewErasure erasure, CancellationToken cancellationToken = default) => SendAsync<JsonElement>(HttpMethod.Post, "v1/erasures", erasure, cancellationToken);

    /// <summary>Every request to erase, as JSON of the API.</summary>
    [Operation("GET", "/v1/erasures")]
    public Task<JsonElement> ListErasuresAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/erasures", cancellationToken);

    /// <summary>One request to erase, as JSON of the API.</summary>
    [Operation("GET", "/v1/erasures/{id}")]
    public Task<JsonElement> GetErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => GetAsync<JsonElement>($"v1/erasures/{erasure}", cancellationToken);

    /// <summary>Approves a request to erase, and carries it out. It cannot be undone.</summary>
    [Operation("POST", "/v1/erasures/{id}/approval")]
    public Task ApproveErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => PostAsync($"v1/erasures/{erasure}/approval", cancellationToken);

    /// <summary>Rejects a request to erase.</summary>
    [Operation("POST", "/v1/erasures/{id}/rejection")]
    public Task RejectErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => PostAsync($"v1/erasures/{erasure}/rejection", cancellationToken);

    /// <summary>How the ledger is: its database, its projections, its signer, as JSON of the API. It answers too where it is not ready.</summary>
    /// <returns>Null where what answers is no ledger.</returns>
    [Operation("GET", "/health/ready")]
    public async Task<JsonElement?> GetHealthAsync(CancellationToken cancellationToken = default)
    {
        using var response = await _streams.GetAsync(Relative("health/ready"), cancellationToken).ConfigureAwait(false);
        return response.Content.Headers.ContentType?.MediaType == "application/json"
            ? JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false))
            : null;
    }

    private static string Path(string subscription, string? what = null) => $"v1/subscriptions/{Escape(subscription)}{(what is null ? "" : $"/{what}")}";

    private Task<byte[]> PostAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, null, null, cancellationToken);
}
