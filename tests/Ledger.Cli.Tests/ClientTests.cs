using System.Net;
using System.Reflection;
using System.Text.Json;
using Ledger.Client;
using Ledger.Domain;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

/// <summary>The client package against a running ledger that holds the demonstration.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    /// <summary>What has no method of its own: read by <see cref="LedgerClient.TryGetBytesAsync"/> and <see cref="LedgerClient.OpenAsync"/>.</summary>
    private static readonly string[] ByPath = ["/log/", "/feeds/", "/timegate/", "/timemap/", "/memento/", "/health/live", "/v1/proofs/consistency"];

    private static readonly JsonSerializerOptions Strict = new(DomainJson.Stored) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private RunningLedger _ledger = null!;
    private LedgerClient _client = null!;
    private long _head;

    public async Task InitializeAsync()
    {
        _ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]) });
        await _ledger.RecordDemoAsync();
        _head = await _ledger.SettleAsync();
        _client = LedgerClient.Connect(_ledger.BaseAddress, RunningLedger.AdminKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Every_operation_of_the_description_has_a_method_and_every_body_its_members()
    {
        var (_, description) = await _ledger.GetAsync("/openapi/v1.json");
        var methods = typeof(LedgerClient).GetMethods().Select(m => (Method: m, Operation: m.GetCustomAttribute<OperationAttribute>())).Where(m => m.Operation is not null)
            .ToDictionary(m => $"{m.Operation!.Method} {m.Operation.Path}", m => m.Method);
        var described = (from path in description.GetProperty("paths").EnumerateObject()
                         from operation in path.Value.EnumerateObject()
                         where operation.Name is "get" or "post" or "put" or "delete"
                         select (Name: $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value)).ToList();

        described.Select(o => o.Name).Where(n => !ByPath.Any(p => n.Contains(p, StringComparison.Ordinal))).Except(methods.Keys).ShouldBeEmpty("add a method with [Operation] to src/Ledger.Client");
        methods.Keys.Except(described.Select(o => o.Name)).ShouldBeEmpty();
        foreach (var (name, operation) in described.Where(o => o.Value.TryGetProperty("requestBody", out _) && methods.ContainsKey(o.Name)))
        {
            if (operation.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out var media)
                && media.GetProperty("schema").TryGetProperty("$ref", out var schema)
                && methods[name].GetParameters().FirstOrDefault(p => p.ParameterType.Name == schema.GetString()!.Split('/')[^1]) is { } body)
            {
                var members = description.GetProperty("components").GetProperty("schemas").GetProperty(body.ParameterType.Name).GetProperty("properties").EnumerateObject().Select(p => p.Name);
                DomainJson.Wire.GetTypeInfo(body.ParameterType).Properties.Select(p => p.Name).ShouldBe(members, ignoreOrder: true, name);
            }
        }
    }

    [Fact]
    public async Task The_client_knows_every_member_of_an_answer_now_and_at_a_past_moment()
    {
        // Unknown members are refused here, so that a member which the API has and the document lacks fails the test.
        var denied = await _client.GetAssertionAsync("t20");
        denied.Standing.Label.ShouldBe("denied");
        Whole<AssertionDocument>(await _ledger.GetAsync("/v1/assertions/t20")).Version.ShouldBe(denied.Version);
        (await _client.GetAssertionAsync("t20", new(AsOf: denied.Position is var p ? $"{p - 1}" : null))).Standing.Label.ShouldBe("reported");
        Whole<HistoryDocument>(await _ledger.GetAsync("/v1/assertions/t20/history")).Entries.Count.ShouldBe((await _client.GetHistoryAsync("t20")).Entries.Count);
        Whole<Page<AssertionItem>>(await _ledger.GetAsync("/v1/assertions?limit=100"));
        Whole<StatusDocument>(await _ledger.GetAsync("/v1/status?source=telegraph-print")).Documents.Count.ShouldBe(1);
        Whole<SourceDocument>(await _ledger.GetAsync("/v1/sources/telegraph-print")).Versions.Count.ShouldBe((await _client.GetVersionsAsync("telegraph-print")).Items.Count);
        Whole<PartyDocument>(await _ledger.GetAsync("/v1/parties/russia-mfa")).Said!.Count.ShouldBe((await _client.GetPartyAsync("russia-mfa")).Said!.Count);

        (await CountAsync(_client.ListAssertionsAsync([("label", "reported"), ("limit", "10")]))).ShouldBeGreaterThan(10);
        (await CountAsync(_client.ListSourcesAsync())).ShouldBeGreaterThan(1);
        (await CountAsync(_client.ListPartiesAsync())).ShouldBeGreaterThan(1);
        (await CountAsync(_client.ListChangesAsync("0"))).ShouldBeGreaterThan(1);
        (await CountAsync(_client.ListAuditAsync([("type", "denial_recorded")]))).ShouldBeGreaterThan(0);
        (await CountAsync(_client.ListUnansweredAsync())).ShouldBe(0);
        (await _client.GetDiffAsync("t20", 1, 2)).GetProperty("id").GetString().ShouldBe("t20");
        (await _client.GetProvenanceAsync("t20")).GetProperty("nodes").GetArrayLength().ShouldBeGreaterThan(1);
        (await _client.CompareAsync("telegraph-print", "daily-caller")).GetProperty("differs").GetArrayLength().ShouldBeGreaterThan(0);
        (await _client.GetReceiptAsync(1)).ShouldNotBeEmpty();
        (await _client.GetCertificateAsync("t20", $"{_head}")).GetProperty("signature").GetString().ShouldNotBeNullOrEmpty();
        await using var export = await _client.ExportAsync();
        using var lines = new StreamReader(export);
        (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe((int)_head);
    }

    [Fact]
    public async Task A_command_under_one_key_is_recorded_once_and_a_refusal_says_why()
    {
        var denial = new DenyAssertion { Party = "russia-mfa", Statement = "The client denies it.", Contests = Contests.Whole, Citation = "https://example.org/denial" };
        var first = await _client.DenyAsync("t02", denial, new() { IdempotencyKey = "once" });
        var again = await _client.DenyAsync("t02", denial, new() { IdempotencyKey = "once" });
        first.Replayed.ShouldBeFalse();
        (again with { Replayed = false, Events = first.Events }).ShouldBe(first);
        again.Replayed.ShouldBeTrue();

        var refused = await Should.ThrowAsync<LedgerProblemException>(() => _client.DenyAsync("t02", denial with { Party = "nobody-knows" }));
        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused.Code.ShouldNotBeEmpty();
        refused.Message.ShouldContain("nobody-knows");
        (await Should.ThrowAsync<LedgerProblemException>(() => _client.DenyAsync("t02", denial with { Statement = "Another." }, new() { IfMatch = 1 }))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        await _client.WithdrawAsync(first.Events[0].Id, new() { Party = "russia-mfa", Reason = "Said by mistake.", Citation = "https://example.org/mistake" });
        (await _client.GetAssertionAsync("t02")).Standing.Label.ShouldBe("reported");
        await _client.RecordRetellingAsync(new() { Publisher = "daily-caller", Url = "https://example.org/again", Title = "Again", PublishedAt = new("2018-08-05"), Of = new[] { "t02" } });
    }

    [Fact]
    public async Task The_client_manages_keys_subscriptions_and_erasures()
    {
        var key = await _client.CreateKeyAsync(new("reader", ["read"]));
        using (var reader = LedgerClient.Connect(_ledger.BaseAddress, key.Secret))
        {
            (await reader.GetAssertionAsync("t20")).Id.ShouldBe("t20");
            (await Should.ThrowAsync<LedgerProblemException>(() => reader.ListKeysAsync())).Status.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await _client.RotateKeyAsync(key.Id, 0)).Secret.ShouldNotBe(key.Secret);
        await _client.RevokeKeyAsync(key.Id);
        (await _client.GetKeyAsync(key.Id)).TryGetProperty("revokedAt", out _).ShouldBeTrue();

        var made = await _client.CreateSubscriptionAsync(new() { Name = "desk", Delivery = new("webhook", "https://desk.example.org/hook") });
        made.Secret!.ShouldStartWith("whsec_");
        await _client.PauseSubscriptionAsync(made.Id);
        (await _client.GetSubscriptionAsync(made.Id)).State.ShouldBe("paused");
        await _client.ResumeSubscriptionAsync(made.Id);
        (await _client.RotateSecretAsync(made.Id)).GetProperty("secret").GetString().ShouldNotBe(made.Secret);
        (await _client.ListDeliveriesAsync(made.Id, "parked")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await _client.ListSubscriptionsAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        await _client.DeleteSubscriptionAsync(made.Id);

        var erasure = await _client.RequestErasureAsync(new() { Positions = [1], Fields = ["name"], LegalBasis = "a test" });
        var id = erasure.GetProperty("id").GetGuid();
        await _client.RejectErasureAsync(id).ShouldThrowAsync<LedgerProblemException>();
        (await _client.GetErasureAsync(id)).GetProperty("state").GetString().ShouldBe("pending");
        (await _client.GetHealthAsync())!.Value.ValueKind.ShouldBe(JsonValueKind.Object);
    }

    [Fact]
    public async Task Following_resumes_where_it_stopped_after_a_restart_of_the_server()
    {
        await using var database = await TestDatabase.CreateAsync(model: Server.LedgerModel.Schema);
        var first = await RunningLedger.StartAsync(database);
        await first.RecordAsync("/v1/parties", """{"id": "one", "name": "One", "kind": "person"}""");
        using var client = LedgerClient.Connect(first.BaseAddress, RunningLedger.AdminKey);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var events = client.FollowAsync(cancellationToken: timeout.Token).GetAsyncEnumerator(timeout.Token);

        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.Read().ShouldBeOfType<PartyRecorded>().Name.ShouldBe("One");
        events.Current.Cursor.ShouldBe(1);
        await first.DisposeAsync();
        await using var second = await RunningLedger.StartAsync(database, new Dictionary<string, string?> { ["urls"] = first.BaseAddress.ToString() });
        await second.RecordAsync("/v1/parties", """{"id": "two", "name": "Two", "kind": "person"}""");

        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.Subject.ShouldBe("party-two");
        JsonElement.Parse(events.Current.ToJson()).GetProperty("specversion").GetString().ShouldBe("1.0");
        var beyond = await Should.ThrowAsync<LedgerProblemException>(async () => await CountAsync(client.FollowAsync(999, cancellationToken: timeout.Token)));
        beyond.Code.ShouldBe("cursor-beyond-head");
    }

    [Fact]
    public void Only_an_unchanged_and_recent_webhook_is_accepted()
    {
        var secret = "whsec_" + Convert.ToBase64String(new byte[32]);
        var now = TimeProvider.System.GetUtcNow();
        var body = """{"a": 1}"""u8.ToArray();
        var signed = new Server.WebhookSecrets(secret).Sign("id-1", now, body);
        var check = new WebhookSignature(["whsec_" + Convert.ToBase64String([1]), secret]);

        check.IsGood("id-1", $"{now.ToUnixTimeSeconds()}", $"v1,bm90 {signed}", body).ShouldBeTrue();
        check.IsGood("id-2", $"{now.ToUnixTimeSeconds()}", signed, body).ShouldBeFalse();
        check.IsGood("id-1", $"{now.ToUnixTimeSeconds()}", signed, [.. body, 32]).ShouldBeFalse();
        check.IsGood("id-1", $"{now.ToUnixTimeSeconds() - 301}", signed, body).ShouldBeFalse();
        check.IsGood("id-1", "soon", signed, body).ShouldBeFalse();
        check.IsGood("id-1", $"{now.ToUnixTimeSeconds()}", null, body).ShouldBeFalse();
        new WebhookSignature(["whsec_" + Convert.ToBase64String([1])]).IsGood("id-1", $"{now.ToUnixTimeSeconds()}", signed, body).ShouldBeFalse();
    }

    private static T Whole<T>((HttpResponseMessage Response, JsonElement Body) answer)
    {
        answer.Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer.Body.Deserialize<T>(Strict)!;
    }

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> items) => await items.CountAsync();
}
