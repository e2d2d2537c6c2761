using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server.Tests.Web;

/// <summary>An identity provider on loopback at which one person is signed in already: OpenID Connect with the authorization code, PKCE required.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    internal const string ClientId = "the-desk";
    internal const string ClientSecret = "a secret of the tests";

    /// <summary>What the person may do at the ledger.</summary>
    private const string Scope = "read record";

    private readonly TokenMaker _tokens = new();
    private readonly TokenMaker _strange = new();
    private readonly ConcurrentDictionary<string, (string Challenge, string? Nonce, string Return)> _codes = new();
    private readonly WebApplication _app;

    private TestProvider(WebApplication app) => _app = app;

    /// <summary>The fault to produce; null for none.</summary>
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
        app.MapGet("/keys", () => Results.Text(provider._tokens.KeySet, "application/json"));
        app.MapGet("/authorize", (Delegate)provider.Authorize);
        app.MapPost("/token", (Delegate)provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _tokens.Dispose();
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
                id_token = (Fault == "id token" ? _strange : _tokens).Make("", issuer: Url, audience: ClientId, nonce: code.Nonce),
                access_token = Fault == "no access token" ? "" : (Fault == "access token" ? _strange : _tokens).Make(Scope, issuer: Url, audience: Fault == "audience" ? "another-api" : TokenMaker.Audience),
            })
            : Results.BadRequest(new { error = "invalid_grant" });
    }
}
