using System.Net;
using System.Text.RegularExpressions;
using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;

namespace Ledger.Server.Tests.Web;

/// <summary>A ledger with a desk, and the keys of two people who write and approve; shared by the tests of a class, each with assertions of its own.</summary>
public sealed class DeskLedger : IAsyncLifetime
{
    internal RunningLedger Ledger { get; private set; } = null!;

    /// <summary>The secret of the author.</summary>
    internal string Author { get; private set; } = null!;

    /// <summary>The secret of the approver.</summary>
    internal string Approver { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        await Ledger.RecordBasicsAsync();
        await Ledger.RecordAsync("/v1/sources", """{"id": "article", "kind": "article", "title": "An article", "publisher": "gazette", "url": "https://gazette.example/article"}""");
        await Ledger.RecordAsync("/v1/sources/article/versions", """{"edition": "online", "publishedAt": "2018-08-04", "seen": true, "url": "https://gazette.example/article"}""");
        (_, Author) = await KeyAsync("author", "read", "record", "correct", "erase:request");
        (_, Approver) = await KeyAsync("approver", "read", "record", "correct");
    }

    public async Task DisposeAsync() => await Ledger.DisposeAsync();

    internal async Task<(string Id, string Secret)> KeyAsync(string name, params string[] scopes)
    {
        var key = await Ledger.RecordAsync("/v1/keys", $$"""{"name": "{{name}}", "scopes": [{{string.Join(", ", scopes.Select(s => $"\"{s}\""))}}]}""");
        return (key.GetProperty("id").GetString()!, key.GetProperty("secret").GetString()!);
    }

    /// <summary>A claim of the article.</summary>
    internal Task ClaimAsync(string id, string proposition = "1,237 people work there", string more = "") => Ledger.RecordAsync(
        "/v1/assertions", $$"""{"id": "{{id}}", "proposition": "{{proposition}}", "source": {"id": "article", "version": 1}, "attribution": [{"party": "ministry"}]{{more}}}""");

    internal async Task<DeskClient> SignInAsync(string secret)
    {
        var client = new DeskClient(Ledger.BaseAddress);
        using var answer = await client.SendAsync("/desk/sign-in", new() { ["key"] = secret });
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return client;
    }
}

/// <summary>Acts like a browser without script for forms: it keeps cookies and sends the hidden fields of a form back.</summary>
internal sealed partial class DeskClient : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CheckCertificateRevocationList = true };
    private readonly HttpClient _http;

    internal DeskClient(Uri site) => _http = new(_handler) { BaseAddress = site, DefaultRequestHeaders = { { "Accept", "text/html" } } };

    internal CookieCollection Cookies => _handler.CookieContainer.GetCookies(new Uri(_http.BaseAddress!, "/desk"));

    internal Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>Follows where the answers send, also to other sites, as a browser does.</summary>
    internal async Task<HttpResponseMessage> FollowAsync(string path)
    {
        const int StepsMax = 10;
        var answer = await GetAsync(path);
        for (var step = 0; answer.Headers.Location is { } next; step++)
        {
            step.ShouldBeLessThan(StepsMax, path);
            var from = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            answer = await _http.GetAsync(new Uri(from, next));
        }

        return answer;
    }

    internal async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Loads the page of a form and sends it with these fields.</summary>
    internal async Task<HttpResponseMessage> SendAsync(string path, Dictionary<string, string> fields, string? to = null) =>
        await PostAsync(to ?? path.Split('?')[0], [.. Hidden(await TextAsync(path)), .. fields]);

    internal async Task<HttpResponseMessage> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        prepare?.Invoke(request);
        return await _http.SendAsync(request);
    }

    /// <summary>The hidden fields of the forms of a page, without those of signing out.</summary>
    internal static List<KeyValuePair<string, string>> Hidden(string page) => [.. HiddenInput().Matches(page[page.IndexOf("<h1", StringComparison.Ordinal)..])
        .Select(m => KeyValuePair.Create(WebUtility.HtmlDecode(m.Groups[1].Value), WebUtility.HtmlDecode(m.Groups[2].Value))).Distinct()];

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\"(?: value=\"([^\"]*)\")?")]
    private static partial Regex HiddenInput();
}
