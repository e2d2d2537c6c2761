using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server.Tests;

/// <summary>Tokens of an identity provider beside the ledger's own keys.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Issuer = "https://id.example.org";
    private const string Subject = "someone@example.org";
    private const string Person = """{"name": "Somebody", "kind": "person"}""";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _next = RSA.Create(2048);
    private bool _isRotated;

    public void Dispose()
    {
        _rsa.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task A_token_of_the_static_key_set_may_do_what_its_scopes_say_for_its_party_alone()
    {
        await using var ledger = await StartAsync(("Ledger:Jwt:Keys", KeySet()), ("Ledger:Jwt:Issuer", Issuer));
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");

        (await SendAsync(ledger, Token(scope: "record"), "/v1/parties", Person)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(ledger, Token(scope: "read"), "/v1/parties", Person)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(ledger, Token(scope: "record", party: "ministry"), "/v1/assertions/c1/denials", Denial("gazette"))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(ledger, Token(scope: "record", party: "ministry"), "/v1/assertions/c1/denials", Denial("ministry"))).ShouldBe(HttpStatusCode.Created);
        var (_, history) = await ledger.GetAsync("/v1/assertions/c1/history");
        var by = history.GetProperty("entries")[1].GetProperty("recordedBy").GetString()!;
        by.ShouldStartWith("jwt-");
        by.ShouldNotContain(Subject);
    }

    [Fact]
    public async Task An_invalid_token_is_answered_with_401()
    {
        await using var ledger = await StartAsync(("Ledger:Jwt:Keys", KeySet()), ("Ledger:Jwt:Issuer", Issuer));
        using var other = RSA.Create(2048);
        string[] bad =
        [
            Token(scope: "record", key: other),
            Token(scope: "record", audience: "another-api"),
            Token(scope: "record", issuer: "https://elsewhere.example.org"),
            Token(scope: "record", expires: DateTime.UnixEpoch.AddYears(50)),
            Token(scope: "record", party: "No Id"),
            Token(scope: "record", subject: ""),
            Token(scope: "record")[..^6] + "AAAAAA",
            Unsigned(),
            "a.b.c",
        ];
        foreach (var token in bad)
        {
            (await SendAsync(ledger, token, "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized, token);
        }
    }

    [Fact]
    public async Task Keys_are_found_by_discovery_also_after_a_rotation_and_an_unreachable_authority_gives_503()
    {
        await using var authority = await AuthorityAsync();
        await using var ledger = await StartAsync(("Ledger:Jwt:Authority", authority.Urls.First()));
        var issuer = authority.Urls.First();

        (await SendAsync(ledger, Token(scope: "record", issuer: issuer), "/v1/parties", Person)).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(ledger, Token(scope: "record"), "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized);

        _isRotated = true;
        var fresh = Token(scope: "record", issuer: issuer, key: _next, keyId: "k2");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 100 && answers.LastOrDefault() != HttpStatusCode.Created; i++)
        {
            answers.Add(await SendAsync(ledger, fresh, "/v1/parties", Person));
            await Task.Delay(50);
        }

        answers[^1].ShouldBe(HttpStatusCode.Created, string.Join(' ', answers));
        (await SendAsync(ledger, Token(scope: "record", issuer: issuer), "/v1/parties", Person)).ShouldBe(HttpStatusCode.Unauthorized);

        await using var away = await StartAsync(("Ledger:Jwt:Authority", "http://127.0.0.1:1"));
        (await SendAsync(away, Token(scope: "record"), "/v1/parties", Person)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await away.Http.GetAsync(new Uri("/v1/parties", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<RunningLedger> StartAsync(params (string Name, string Value)[] settings) =>
        RunningLedger.StartAsync(settings: settings.ToDictionary(s => s.Name, s => (string?)s.Value));

    private async Task<WebApplication> AuthorityAsync()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => new { issuer = app.Urls.First(), jwks_uri = app.Urls.First() + "/keys" });
        app.MapGet("/keys", () => Microsoft.AspNetCore.Http.Results.Text(KeySet(), "application/json"));
        await app.StartAsync();
        return app;
    }

    private string KeySet()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new((_isRotated ? _next : _rsa).ExportParameters(false)) { KeyId = _isRotated ? "k2" : "k1" });
        return JsonSerializer.Serialize(new { keys = new[] { new { kty = key.Kty, n = key.N, e = key.E, kid = key.Kid, use = "sig", alg = "RS256" } } });
    }

    private string Token(
        string scope, string? party = null, string issuer = Issuer, string audience = "claims-ledger", string subject = Subject, DateTime? expires = null, RSA? key = null,
        string keyId = "k1")
    {
        var claims = new Dictionary<string, object> { ["scope"] = scope, ["sub"] = subject };
        if (party is not null)
        {
            claims["party"] = party;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            Expires = expires ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            SigningCredentials = new(new RsaSecurityKey(key ?? _rsa) { KeyId = keyId }, SecurityAlgorithms.RsaSha256),
        });
    }

    private static string Unsigned() => $"{Part("""{"alg":"none"}""")}.{Part($$"""{"iss":"{{Issuer}}","aud":"claims-ledger","sub":"x","scope":"admin","exp":9999999999}""")}.";

    private static string Part(string json) => Base64UrlEncoder.Encode(json);

    private static string Denial(string party) => $$"""{"party": "{{party}}", "statement": "No", "contests": "whole", "citation": "https://example.org"}""";

    private static async Task<HttpStatusCode> SendAsync(RunningLedger ledger, string token, string path, string json)
    {
        using var client = ledger.Client(token);
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode;
    }
}
