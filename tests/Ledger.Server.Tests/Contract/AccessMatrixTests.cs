using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

/// <summary>Every endpoint is asked by every kind of caller. One table says who is let in where.</summary>
public sealed partial class AccessMatrixTests
{
    private const int AskedAtOnce = 16;

    /// <summary>The status when a caller is let in. The requests name things that do not exist, so most answers are 404 or 400, but never these.</summary>
    private static readonly int[] KeptOut = [401, 403];

    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_entry_names_and_nobody_else()
    {
        using var tokens = new TokenMaker();
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Ledger:PublicReads"] = "false",
            ["Ledger:Jwt:Keys"] = tokens.KeySet,
            ["Ledger:Jwt:Issuer"] = TokenMaker.Issuer,
            ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]),
        });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        var routes = RoutesOf(ledger);
        routes.Except(AccessTable.ScopeOf.Keys).ShouldBeEmpty("a route has no entry in AccessTable.cs: add the scope that it needs");
        AccessTable.ScopeOf.Keys.Except(routes).ShouldBeEmpty("the table has a route that is not there");
        var callers = await CallersAsync(ledger, tokens);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = ledger.BaseAddress };
        var wrong = new ConcurrentBag<string>();
        var cells = from route in routes from caller in callers select (route, caller);
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce }, async (cell, cancelled) =>
        {
            var (route, caller) = cell;
            var scope = AccessTable.ScopeOf[route];
            var status = await AskAsync(client, route, caller.Secret, Body(route), cancelled);
            var expected = scope == AccessTable.Desk ? 303
                : !caller.IsGood ? 401
                : scope == AccessTable.Form ? 403
                : caller.MayAll || scope == AccessTable.Open || caller.Scopes.Contains(scope) || (scope == Scopes.Read && caller.Scopes.Contains(Scopes.Audit)) ? 0
                : caller.Secret is null ? 401 : 403;
            if (expected == 0 ? KeptOut.Contains(status) || (status >= 500 && !IsUnready(route, status)) : status != expected)
            {
                wrong.Add($"{route} as {caller.Name}: {status}, not {(expected == 0 ? "let in" : expected)}");
            }
        });

        wrong.Order().ShouldBeEmpty();
        cells.Count().ShouldBeGreaterThan(1_800);
    }

    [Fact]
    public async Task A_key_or_token_bound_to_a_party_speaks_for_no_other_party()
    {
        using var tokens = new TokenMaker();
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:Jwt:Keys"] = tokens.KeySet, ["Ledger:Jwt:Issuer"] = TokenMaker.Issuer });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/parties", """{"id": "another", "name": "Another", "kind": "person"}""");
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "K", "scopes": ["record", "correct"], "party": "another"}""");
        using var client = new HttpClient { BaseAddress = ledger.BaseAddress };
        var head = await ledger.Store.HeadAsync();
        foreach (var secret in new[] { key.GetProperty("secret").GetString()!, tokens.Make("record correct", party: "another") })
        {
            foreach (var (route, body) in AccessTable.SpeakingFor)
            {
                (await AskAsync(client, route.Replace("{id}", route.Contains("parties", StringComparison.Ordinal) ? "gazette" : "c1", StringComparison.Ordinal), secret, body, default)).ShouldBe(403, route);
            }
        }

        (await ledger.Store.HeadAsync()).ShouldBe(head);
    }

    private static HashSet<string> RoutesOf(RunningLedger ledger) =>
    [
        .. from endpoint in ledger.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           where method != "HEAD"
           select $"{method} {endpoint.RoutePattern.RawText}",
    ];

    private static async Task<IReadOnlyList<AskingCaller>> CallersAsync(RunningLedger ledger, TokenMaker tokens)
    {
        var expired = await MakeAsync("\"admin\"", $", \"expires\": \"{TimeProvider.System.GetUtcNow().AddSeconds(-1):yyyy-MM-ddTHH:mm:ssZ}\"");
        var revoked = await MakeAsync("\"admin\"");
        (await ledger.Http.DeleteAsync(new Uri($"/v1/keys/{revoked.Id}", UriKind.Relative))).EnsureSuccessStatusCode();
        List<AskingCaller> callers =
        [
            new("no key", null, true),
            new("an unknown key", "ledger_" + new string('0', 64), false),
            new("an expired key", expired.Secret, false),
            new("a revoked key", revoked.Secret, false),
            new("an expired token", tokens.Make("admin", expires: DateTime.UnixEpoch.AddYears(50)), false),
            new("a token of another issuer", tokens.Make("admin", issuer: "https://elsewhere.example.org"), false),
            new("a token for another audience", tokens.Make("admin", audience: "another-api"), false),
            new("a token without a signature", tokens.Unsigned("admin"), false),
            new("a token signed by HMAC with the public key", tokens.SignedWithPublicKey("admin"), false),
        ];
        foreach (var scope in Scopes.All)
        {
            callers.Add(new($"a key for {scope}", (await MakeAsync($"\"{scope}\"")).Secret, true) { Scopes = [scope] });
            callers.Add(new($"a token for {scope}", tokens.Make(scope), true) { Scopes = [scope] });
        }

        return callers;

        async Task<(string Id, string Secret)> MakeAsync(string scopes, string more = "")
        {
            var key = await ledger.RecordAsync("/v1/keys", $$"""{"name": "K", "scopes": [{{scopes}}]{{more}}}""");
            return (key.GetProperty("id").GetString()!, key.GetProperty("secret").GetString()!);
        }
    }

    /// <summary>A readiness probe tells of a busy machine with 503, whoever asks.</summary>
    private static bool IsUnready(string route, int status) => status == 503 && route.EndsWith(" /health/ready", StringComparison.Ordinal);

    /// <summary>A body that no route accepts, so that a caller who is let in changes nothing. No body where none is needed.</summary>
    private static string? Body(string route) => route.StartsWith("POST", StringComparison.Ordinal) || route.StartsWith("PUT", StringComparison.Ordinal) ? "[]" : null;

    private static async Task<int> AskAsync(HttpClient client, string route, string? secret, string? body, CancellationToken cancelled)
    {
        var (method, pattern) = route.Split(' ', 2) is [var m, var p] ? (m, p) : default;
        var path = Constrained().Replace(pattern, match => match.Value.Contains("guid", StringComparison.Ordinal) ? "01890a5d-ac96-774b-bcce-b302099a8057" : "999999")
            .Replace("{**path}", "x", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
        path = Plain().Replace(path, "nothing-there");
        using var request = new HttpRequestMessage(new(method), path);
        if (secret is not null)
        {
            request.Headers.Authorization = new("Bearer", secret);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled);
        return (int)response.StatusCode;
    }

    [GeneratedRegex("{[a-z]+:[a-z]+}")]
    private static partial Regex Constrained();

    [GeneratedRegex("{[a-zA-Z]+}")]
    private static partial Regex Plain();

    /// <summary>Somebody who asks.</summary>
    /// <param name="Name">Who.</param>
    /// <param name="Secret">What is sent as bearer; null for nothing.</param>
    /// <param name="IsGood">False where what is sent opens nothing, and not even what is open to all.</param>
    private sealed record AskingCaller(string Name, string? Secret, bool IsGood)
    {
        public IReadOnlyList<string> Scopes { get; init; } = [];

        public bool MayAll => Scopes.Contains(Server.Scopes.Admin);
    }
}
