using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ledger.Domain;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Ledger.Client;

/// <summary>
/// A client for the HTTP API of a claims ledger. Every command carries an idempotency key, so that a repeated command records nothing twice. Calls
/// that fail for a temporary reason (no connection, 408, 429, 5xx) are retried, with growing delays or after the time that the server names. Keep one
/// client; it may be used from several threads at once. A refusal of the ledger is thrown as <see cref="LedgerProblemException"/>, and a connection
/// that does not come back as <see cref="HttpRequestException"/>.
/// </summary>
public sealed partial class LedgerClient : IDisposable
{
    private const int RetriesMax = 5;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly HttpClient _streams;
    private readonly bool _owned;

    /// <summary>
    /// Makes a client over an HttpClient that the application configured, for instance through <c>IHttpClientFactory</c> with its own handlers for
    /// retries.
    /// </summary>
    /// <param name="http">
    /// The HttpClient. Its <see cref="HttpClient.BaseAddress"/> is the ledger's, and its headers hold the key. This client does not dispose of it.
    /// </param>
    /// <exception cref="ArgumentException">The HttpClient has no base address.</exception>
    public LedgerClient(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress is null)
        {
            throw new ArgumentException("The HttpClient needs the ledger's address as its BaseAddress.", nameof(http));
        }

        (_http, _streams) = (http, http);
    }

    private LedgerClient(HttpClient http, HttpClient streams) => (_http, _streams, _owned) = (http, streams, true);

    /// <summary>The address of the ledger.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Makes a client for one ledger, with its own HttpClient. Nothing is sent yet.</summary>
    /// <param name="address">The address of the ledger, such as <c>https://ledger.example.org</c>; http or https.</param>
    /// <param name="key">The access key, or a token; null where reads are open.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or neither http nor https.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The HttpClients own the handlers, and the client owns them.")]
    public static LedgerClient Connect(Uri address, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"{address} is no http or https address.", nameof(address));
        }

        var retries = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = RetriesMax, Delay = FirstDelay, BackoffType = DelayBackoffType.Exponential, UseJitter = true })
            .Build();
        return new(Make(new ResilienceHandler(retries) { InnerHandler = Sockets() }, TimeoutMax), Make(Sockets(), Timeout.InfiniteTimeSpan));

        HttpClient Make(HttpMessageHandler handler, TimeSpan timeout)
        {
            var http = new HttpClient(handler) { BaseAddress = new(address.AbsoluteUri.TrimEnd('/') + "/"), Timeout = timeout };
            if (!string.IsNullOrEmpty(key))
            {
                http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            }

            return http;
        }

        static SocketsHttpHandler Sockets() => new() { AutomaticDecompression = DecompressionMethods.All, PooledConnectionLifetime = ConnectionLifetime };
    }

    /// <summary>Sends a body to any route and returns the body of the answer.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path relative to the ledger's address, such as <c>v1/notices</c>; the caller must escape ids in it.</param>
    /// <param name="json">The body; null for none.</param>
    /// <param name="options">Makes the command repeatable with a key of the caller, or conditional. Without a key, a new one is made for this call.</param>
    /// <param name="cancellationToken">Cancels the call. The command may have been recorded nevertheless.</param>
    /// <exception cref="LedgerProblemException">The ledger refused it.</exception>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, string? json, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await ExchangeAsync(method, path, json, options, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The bytes at a path, as they are served.</summary>
    /// <param name="path">The path relative to the ledger's address, with its query, such as <c>log/checkpoint</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The bytes; null where nothing is found (404).</returns>
    /// <exception cref="LedgerProblemException">The ledger refused it for another reason.</exception>
    public async Task<byte[]?> TryGetBytesAsync(string path, CancellationToken cancellationToken = default)
    {
        using var response = await _http.GetAsync(Relative(path), cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await DemandAsync(response, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens the content at a path as a stream, for example an export of any size. There are no retries.</summary>
    /// <param name="path">The path relative to the ledger's address, with its query.</param>
    /// <param name="cancellationToken">Cancels the wait for the beginning of the answer.</param>
    /// <returns>The body, of which the caller must dispose.</returns>
    /// <exception cref="LedgerProblemException">The ledger refused it.</exception>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var response = await _streams.GetAsync(Relative(path), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            await DemandAsync(response, cancellationToken).ConfigureAwait(false);
            return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned)
        {
            _http.Dispose();
            _streams.Dispose();
        }
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private static string Escape(string id) => Uri.EscapeDataString(id);

    private static T Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, DomainJson.Stored)
        ?? throw new JsonException("The ledger answered null.");

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(Relative(path), cancellationToken).ConfigureAwait(false);
        await DemandAsync(response, cancellationToken).ConfigureAwait(false);
        return Read<T>(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        Read<T>(await SendAsync(method, path, body is null ? null : JsonSerializer.Serialize(body, body.GetType(), DomainJson.Wire), null, cancellationToken).ConfigureAwait(false));

    private async Task<HttpResponseMessage> ExchangeAsync(HttpMethod method, string path, string? json, WriteOptions? options, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Relative(path));
        if (json is not null)
        {
            request.Content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        }

        request.Headers.Add("Idempotency-Key", $"\"{options?.IdempotencyKey ?? Guid.CreateVersion7().ToString()}\"");
        if (options?.IfMatch is { } version)
        {
            request.Headers.Add("If-Match", $"\"{version}\"");
        }

        var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            await DemandAsync(response, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task DemandAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw LedgerProblemException.Of(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
    }
}
