using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Ledger.Cli;

/// <summary>Speaks HTTP with a ledger.</summary>
internal sealed class LedgerClient : IDisposable
{
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;

    internal LedgerClient(string url, string? key)
    {
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailedException($"{url} is no http or https URL.", ExitCodes.Usage);
        }

        _http = new() { BaseAddress = address, Timeout = TimeoutMax };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }
    }

    /// <summary>The bytes at a path; null where there is nothing.</summary>
    internal async Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? bytes
            : response.StatusCode == HttpStatusCode.NotFound ? null
            : throw Refused(response.StatusCode, bytes);
    }

    /// <summary>The bytes at a path that must be there.</summary>
    internal async Task<byte[]> GetAsync(string path, CancellationToken cancellationToken) =>
        await TryGetAsync(path, cancellationToken) ?? throw new CommandFailedException($"{_http.BaseAddress}{path} has nothing: is it a ledger, and is the position recorded?");

    /// <summary>JSON whatever the status says: health answers 503 with a body.</summary>
    internal async Task<JsonElement?> TryGetJsonAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return response.Content.Headers.ContentType?.MediaType == "application/json"
            ? JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken))
            : null;
    }

    /// <summary>Sends a body as JSON.</summary>
    internal async Task<byte[]> PostAsync(string path, string json, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{idempotencyKey}\"");
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? bytes : throw Refused(response.StatusCode, bytes);
    }

    /// <summary>Sends lines of commands, and gives the answers as they come.</summary>
    internal async IAsyncEnumerable<string> ImportAsync(Stream lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var content = new StreamContent(lines);
        content.Headers.ContentType = new("application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/import") { Content = content };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }

        using var answers = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await answers.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public void Dispose() => _http.Dispose();

    private static CommandFailedException Refused(HttpStatusCode status, byte[] body)
    {
        try
        {
            return new($"{(int)status}: {JsonElement.Parse(body).GetProperty("detail").GetString()}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new($"The ledger answered {(int)status}.");
        }
    }
}
