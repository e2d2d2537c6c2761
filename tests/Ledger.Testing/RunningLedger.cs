using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Server;
using Ledger.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Testing;

/// <summary>A whole server in this process, on a free port and a database of its own, spoken to over real HTTP.</summary>
public sealed class RunningLedger : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key";

    private readonly WebApplication _app;
    private readonly LedgerDatabase _database;
    private readonly TestDatabase? _owned;
    private readonly string _data;

    private RunningLedger(WebApplication app, LedgerDatabase database, TestDatabase? owned, string data)
    {
        (_app, _database, _owned, _data) = (app, database, owned, data);
        BaseAddress = new(app.Urls.First());
        Http = Client(AdminKey);
        Public = Client(null);
    }

    public Uri BaseAddress { get; }

    /// <summary>Speaks with the admin key.</summary>
    public HttpClient Http { get; }

    /// <summary>Speaks without a key, as the public does.</summary>
    public HttpClient Public { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server. Without a database it makes one of its own and drops it at the end; two servers on one database are two nodes.</summary>
    public static async Task<RunningLedger> StartAsync(TestDatabase? database = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var owned = database is null ? await TestDatabase.CreateAsync(model: LedgerModel.Schema) : null;
        var used = database ?? owned!;
        var data = Path.Combine(Path.GetTempPath(), $"ledger-test-data-{Guid.CreateVersion7():n}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Ledger"] = used.ServiceConnectionString,
            ["ConnectionStrings:LedgerOwner"] = used.OwnerConnectionString,
            ["Ledger:AdminKey"] = AdminKey,
            ["Ledger:PublicReads"] = "true",
            ["Ledger:DataDirectory"] = data,
            ["Ledger:RefusalsIntervalS"] = "0", // Refused requests are not recorded, so that nothing is appended while a test compares the log.
        });
        builder.Configuration.AddInMemoryCollection(settings);
        var read = LedgerSettings.From(builder.Configuration);
        var opened = await LedgerDatabase.OpenAsync(read, attach: false, _ => { }, CancellationToken.None);
        var app = await LedgerServer.BuildAsync(builder, read, opened, CancellationToken.None);
        await app.StartAsync();
        return new(app, opened, owned, data);
    }

    public HttpClient Client(string? key)
    {
        var client = new HttpClient { BaseAddress = BaseAddress };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return client;
    }

    /// <summary>Sends a body as JSON and gives the answer.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(string path, string json, string? key = null, string? ifMatch = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{key}\"");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        var response = await Http.SendAsync(request);
        return (response, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Sends a body that must be taken; the answer.</summary>
    public async Task<JsonElement> RecordAsync(string path, string json, string? key = null, HttpMethod? method = null)
    {
        var (response, body) = await PostAsync(path, json, key, method: method);
        return response.IsSuccessStatusCode ? body : throw new InvalidOperationException($"POST {path} was answered {(int)response.StatusCode}: {body}");
    }

    /// <summary>Reads with the admin key, or as the public.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(string path, bool asPublic = true)
    {
        var response = await (asPublic ? Public : Http).GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        return (response, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>Waits until every projection, and the policy that appends by itself, has reached the head. Returns the head.</summary>
    public async Task<long> SettleAsync()
    {
        var projections = Services.GetRequiredService<Projections>();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var head = await _database.Store.HeadAsync(timeout.Token);
            var behind = false;
            foreach (var name in projections.Daemon.Names)
            {
                if (projections.Daemon.StatusOf(name) is { State: ProjectionState.Stopped } stopped)
                {
                    throw new InvalidOperationException($"{name} stopped at {stopped.FailedPosition}.", stopped.LastError);
                }

                behind |= await _database.Store.ReadProgressAsync(name, timeout.Token) < head;
            }

            if (!behind && await _database.Store.HeadAsync(timeout.Token) == head)
            {
                return head;
            }

            await Task.Delay(10, timeout.Token);
        }
    }

    /// <summary>Records the two reports of the demonstration.</summary>
    public async Task<long> RecordDemoAsync() => (await DemoCommand.RecordAsync(Http, _ => { }, CancellationToken.None)).Position;

    /// <summary>Two parties, a source with one version: the least that a claim needs.</summary>
    public async Task RecordBasicsAsync()
    {
        await RecordAsync("/v1/parties", """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}""");
        await RecordAsync("/v1/parties", """{"id": "ministry", "name": "The Ministry", "kind": "government"}""");
        await RecordAsync("/v1/sources", """{"id": "report", "kind": "report", "title": "A report", "publisher": "gazette", "timeZone": "Europe/London"}""");
        await RecordAsync("/v1/sources/report/versions", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}""");
    }

    /// <summary>A claim of the source that <see cref="RecordBasicsAsync"/> made.</summary>
    public Task<JsonElement> RecordClaimAsync(string id, string proposition = "It is so", string more = "") =>
        RecordAsync("/v1/assertions", $$"""{"id": "{{id}}", "proposition": "{{proposition}}", "source": {"id": "report", "version": 1}, "attribution": [{"party": "ministry"}]{{more}}}""");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Public.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        if (_owned is not null)
        {
            await _owned.DisposeAsync();
        }

        // A test that names a directory of its own removes it itself.
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }
}
