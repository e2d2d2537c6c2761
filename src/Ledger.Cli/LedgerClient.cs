using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Ledger.Cli;

/// <summary>Speaks HTTP with a ledger.</summary>
internal sealed class LedgerClient : ILogSource, IDisposable
{
    private const int ErasuresPage = 1_000;
    private const int CopyBytes = 65_536;

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
    public async Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? bytes
            : response.StatusCode == HttpStatusCode.NotFound ? null
            : throw Refused(response.StatusCode, bytes);
    }

    public async Task<IReadOnlyList<ErasureNote>> ErasuresAsync(CancellationToken cancellationToken)
    {
        var found = new List<ErasureNote>();
        long after = 0, head;
        do
        {
            var page = JsonElement.Parse(await this.GetAsync($"v1/events?types=payload_erased&limit={ErasuresPage}&after={after}", cancellationToken));
            found.AddRange(page.GetProperty("events").EnumerateArray().Select(e =>
                ErasureNote.Read(long.Parse(e.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture), e.GetProperty("data"))));
            (after, head) = (page.GetProperty("next").GetInt64(), page.GetProperty("head").GetInt64());
        }
        while (after < head);
        return found;
    }

    /// <summary>JSON whatever the status says: health answers 503 with a body.</summary>
    public async Task<JsonElement?> HealthAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
        return response.Content.Headers.ContentType?.MediaType == "application/json"
            ? JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken))
            : null;
    }

    /// <summary>Hands on what a path has as it comes, with the number of bytes so far; that number.</summary>
    internal async Task<long> CopyAsync(string path, Func<ReadOnlyMemory<byte>, long, Task> take, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var (buffer, total) = (new byte[CopyBytes], 0L);
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await take(buffer.AsMemory(0, read), total += read);
        }

        return total;
    }

    /// <summary>Waits for answers however long they take: a format may be read whole before the first record is answered. Before the first request only.</summary>
    internal void WaitForEver() => _http.Timeout = Timeout.InfiniteTimeSpan;

    /// <summary>Sends a body as JSON.</summary>
    internal async Task<byte[]> SendAsync(HttpMethod method, string path, string json, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{idempotencyKey}\"");
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? bytes : throw Refused(response.StatusCode, bytes);
    }

    /// <summary>Sends lines of commands, and gives the answers as they come.</summary>
    internal IAsyncEnumerable<string> ImportAsync(Stream lines, CancellationToken cancellationToken) => ImportAsync("v1/import", "application/x-ndjson", lines, cancellationToken);

    /// <summary>The same of an archive in another format: its path says which.</summary>
    internal async IAsyncEnumerable<string> ImportAsync(string path, string mediaType, Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var content = new StreamContent(body);
        content.Headers.ContentType = new(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
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

    public override string ToString() => _http.BaseAddress!.ToString();

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
