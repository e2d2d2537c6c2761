using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server.Tests.Web;

/// <summary>An identity provider on loopback at which one person is signed in already: OpenID Connect with the authorization code, PKCE required.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    internal const string ClientId = "the-desk";
    internal const string ClientSecret = "a secret of the tests";

    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _strange = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string? Nonce, string Return)> _codes = new();
    private readonly WebApplication _app;

    private TestProvider(WebApplication app) => _app = app;

    /// <summary>What the person may do at the ledger.</summary>
    internal string Scope { get; set; } = "read record";

    /// <summary>What goes wrong; null for nothing.</summary>
    internal string? Fault { get; set; }

    internal string Url => _app.Urls.First();

    internal static async Task<TestProvider> StartAsync()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var provider = new TestProvider(app);
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => new
        {
            issuer = provider.Url,
            jwks_uri = provider.Url + "/keys",
            authorization_endpoint = provider.Url + "/authorize",
            token_endpoint = provider.Url + "/token",
        });
        app.MapGet("/keys", () => Results.Text(provider.KeySet(), "application/json"));
        app.MapGet("/authorize", (Delegate)provider.Authorize);
        app.MapPost("/token", (Delegate)provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _strange.Dispose();
    }

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        var back = query["redirect_uri"].ToString();
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || !back.EndsWith("/desk/signed-in", StringComparison.Ordinal))
        {
            return Results.BadRequest();
        }

        if (Fault == "denied")
        {
            return Results.Redirect(QueryHelpers.AddQueryString(back, new Dictionary<string, string?> { ["error"] = "access_denied", ["state"] = query["state"] }));
        }

        var code = Guid.CreateVersion7().ToString();
        _codes[code] = (query["code_challenge"].ToString(), Fault == "nonce" ? "another" : query["nonce"], back);
        return Results.Redirect(QueryHelpers.AddQueryString(back, new Dictionary<string, string?> { ["code"] = code, ["state"] = Fault == "state" ? "forged" : query["state"] }));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        return form["client_id"] == ClientId && form["client_secret"] == ClientSecret && _codes.TryRemove(form["code"].ToString(), out var code) && form["redirect_uri"] == code.Return
            && Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == code.Challenge
            ? Results.Json(new
            {
                token_type = "Bearer",
                expires_in = 300,
                id_token = Make(ClientId, new() { ["nonce"] = code.Nonce! }, Fault == "id token" ? _strange : _key),
                access_token = Fault == "no access token" ? "" : Make(Fault == "audience" ? "another-api" : "claims-ledger", new() { ["scope"] = Scope }, Fault == "access token" ? _strange : _key),
            })
            : Results.BadRequest(new { error = "invalid_grant" });
    }

    private string Make(string audience, Dictionary<string, object> claims, RSA key)
    {
        claims["sub"] = "somebody@example.org";
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url, Audience = audience, Claims = claims, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
            SigningCredentials = new(new RsaSecurityKey(key) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        });
    }

    private string KeySet()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new(_key.ExportParameters(false)) { KeyId = "k1" });
        return JsonSerializer.Serialize(new { keys = new[] { new { kty = key.Kty, n = key.N, e = key.E, kid = key.Kid, use = "sig", alg = "RS256" } } });
    }
}
