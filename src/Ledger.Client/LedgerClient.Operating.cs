using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <content>Subscriptions, keys and erasures. A refusal is thrown as <see cref="LedgerProblemException"/>.</content>
public sealed partial class LedgerClient
{
    /// <summary>Makes a subscription. The secret that signs its webhooks is only in this answer.</summary>
    [Operation("POST", "/v1/subscriptions")]
    public Task<SubscriptionDocument> CreateSubscriptionAsync(CreateSubscription subscription, CancellationToken cancellationToken = default) =>
        SendAsync<SubscriptionDocument>(HttpMethod.Post, "v1/subscriptions", subscription, cancellationToken);

    /// <summary>Every subscription, as JSON of the API.</summary>
    [Operation("GET", "/v1/subscriptions")]
    public Task<JsonElement> ListSubscriptionsAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/subscriptions", cancellationToken);

    /// <summary>The state of a subscription.</summary>
    [Operation("GET", "/v1/subscriptions/{id}")]
    public Task<SubscriptionDocument> GetSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => GetAsync<SubscriptionDocument>(Path(subscription), cancellationToken);

    /// <summary>Deletes a subscription and its remaining deliveries.</summary>
    [Operation("DELETE", "/v1/subscriptions/{id}")]
    public Task DeleteSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, Path(subscription), null, null, cancellationToken);

    /// <summary>Pauses deliveries. No event is lost meanwhile.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/pause")]
    public Task PauseSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, "pause"), cancellationToken);

    /// <summary>Resumes deliveries.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/resume")]
    public Task ResumeSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, "resume"), cancellationToken);

    /// <summary>Delivers a test event once and returns how the subscriber answered, as JSON of the API.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/test")]
    public Task<JsonElement> TestSubscriptionAsync(string subscription, CancellationToken cancellationToken = default) => SendAsync<JsonElement>(HttpMethod.Post, Path(subscription, "test"), null, cancellationToken);

    /// <summary>Gives a subscription a new secret, which is in the answer (JSON of the API). For a while the former secret signs too.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/secret/rotation")]
    public Task<JsonElement> RotateSecretAsync(string subscription, CancellationToken cancellationToken = default) =>
        SendAsync<JsonElement>(HttpMethod.Post, Path(subscription, "secret/rotation"), null, cancellationToken);

    /// <summary>Delivers events again from one log position to another, both included; up to the head where <paramref name="to"/> is null.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/replay")]
    public Task ReplayAsync(string subscription, long from, long? to = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Path(subscription, "replay"), JsonSerializer.Serialize(new { from, to }, DomainJson.Stored), null, cancellationToken);

    /// <summary>The deliveries of a subscription with their attempts, as JSON of the API.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="state"><c>pending</c>, <c>parked</c>, <c>delivered</c> or <c>skipped</c>; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Operation("GET", "/v1/subscriptions/{id}/deliveries")]
    public Task<JsonElement> ListDeliveriesAsync(string subscription, string? state = null, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>(QueryOf.Add(Path(subscription, "deliveries"), ("state", state)), cancellationToken);

    /// <summary>Retries a delivery at once.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/deliveries/{position}/retry")]
    public Task RetryDeliveryAsync(string subscription, long position, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, $"deliveries/{Text(position)}/retry"), cancellationToken);

    /// <summary>Skips a delivery, so that the deliveries after it proceed.</summary>
    [Operation("POST", "/v1/subscriptions/{id}/deliveries/{position}/skip")]
    public Task SkipDeliveryAsync(string subscription, long position, CancellationToken cancellationToken = default) => PostAsync(Path(subscription, $"deliveries/{Text(position)}/skip"), cancellationToken);

    /// <summary>Makes a key. Its secret is only in this answer.</summary>
    [Operation("POST", "/v1/keys")]
    public Task<MadeKey> CreateKeyAsync(NewKey key, CancellationToken cancellationToken = default) => SendAsync<MadeKey>(HttpMethod.Post, "v1/keys", key, cancellationToken);

    /// <summary>Every key, without secrets, as JSON of the API.</summary>
    [Operation("GET", "/v1/keys")]
    public Task<JsonElement> ListKeysAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/keys", cancellationToken);

    /// <summary>One key, without its secret, as JSON of the API.</summary>
    [Operation("GET", "/v1/keys/{id}")]
    public Task<JsonElement> GetKeyAsync(string key, CancellationToken cancellationToken = default) => GetAsync<JsonElement>($"v1/keys/{Escape(key)}", cancellationToken);

    /// <summary>Revokes a key at once.</summary>
    [Operation("DELETE", "/v1/keys/{id}")]
    public Task RevokeKeyAsync(string key, CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, $"v1/keys/{Escape(key)}", null, null, cancellationToken);

    /// <summary>Gives a key a new secret. For a while the former secret is accepted too.</summary>
    /// <param name="key">The key.</param>
    /// <param name="overlapS">The number of seconds for which the former secret is still accepted; null means one day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Operation("POST", "/v1/keys/{id}/rotation")]
    public Task<MadeKey> RotateKeyAsync(string key, int? overlapS = null, CancellationToken cancellationToken = default) =>
        SendAsync<MadeKey>(HttpMethod.Post, $"v1/keys/{Escape(key)}/rotation", new { overlapS }, cancellationToken);

    /// <summary>Requests a permanent erasure of values, which another principal must approve. The answer is JSON of the API.</summary>
    [Operation("POST", "/v1/erasures")]
    public Task<JsonElement> RequestErasureAsync(NewErasure erasure, CancellationToken cancellationToken = default) => SendAsync<JsonElement>(HttpMethod.Post, "v1/erasures", erasure, cancellationToken);

    /// <summary>Every request to erase, as JSON of the API.</summary>
    [Operation("GET", "/v1/erasures")]
    public Task<JsonElement> ListErasuresAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("v1/erasures", cancellationToken);

    /// <summary>One request to erase, as JSON of the API.</summary>
    [Operation("GET", "/v1/erasures/{id}")]
    public Task<JsonElement> GetErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => GetAsync<JsonElement>($"v1/erasures/{erasure}", cancellationToken);

    /// <summary>Approves a request to erase and carries it out. This cannot be undone.</summary>
    [Operation("POST", "/v1/erasures/{id}/approval")]
    public Task ApproveErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => PostAsync($"v1/erasures/{erasure}/approval", cancellationToken);

    /// <summary>Rejects a request to erase.</summary>
    [Operation("POST", "/v1/erasures/{id}/rejection")]
    public Task RejectErasureAsync(Guid erasure, CancellationToken cancellationToken = default) => PostAsync($"v1/erasures/{erasure}/rejection", cancellationToken);

    /// <summary>
    /// The health of the ledger (its database, projections and signer), as JSON of the API. There is an answer even where the ledger is not ready.
    /// </summary>
    /// <returns>The health; null where something other than a ledger answers.</returns>
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
