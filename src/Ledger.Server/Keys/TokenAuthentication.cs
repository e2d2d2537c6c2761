using System.Security.Cryptography;
using System.Text;
using Ledger.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server;

/// <summary>
/// The scheme of an identity provider's tokens: JWTs (RFC 9068) signed by the keys that the authority publishes, or by a static set.
/// <c>scope</c> or <c>scp</c> holds the ledger's scopes, <c>party</c> the one party that the bearer acts for.
/// </summary>
internal static class TokenAuthentication
{
    internal const string Name = "Token";

    private const int PrincipalBytes = 8;
    private const int AuthorityRetryAfterS = 5;

    /// <summary>
    /// The shortest time between two requests to the authority for new keys. Every invalid token causes such a request. With the library's five
    /// minutes, one such token would keep a new key unknown for that long.
    /// </summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>Algorithms whose signatures only the provider can make. With a shared secret, everybody who checks a token could make one.</summary>
    internal static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    internal static void AddTokens(this AuthenticationBuilder schemes, JwtSettings settings) => schemes.AddJwtBearer(Name, options =>
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenValidationParameters = new()
        {
            ValidAudience = settings.Audience,
            ValidIssuer = settings.Issuer,
            ValidateIssuer = settings.Authority is not null || settings.Issuer is not null,
            ValidAlgorithms = Algorithms,
            ClockSkew = Limits.ClockSkewMax,
        };
        options.TokenValidationParameters.IssuerSigningKeys = settings.Keys is { } keys ? new JsonWebKeySet(keys).GetSigningKeys() : null;
        options.ConfigurationManager = settings.Keys is null ? Published(settings.Authority!) : null;
        options.Events = new() { OnMessageReceived = RequireAuthorityAsync, OnTokenValidated = context => AdmitAsync(context, settings) };
    });

    /// <summary>Checks a token as if a request had brought it as its bearer.</summary>
    internal static Task<AuthenticateResult> CheckAsync(HttpContext context, string token)
    {
        context.Features.Set(new BroughtToken(token));
        return context.AuthenticateAsync(Name);
    }

    /// <summary>
    /// Reads the authority's keys. Plain http would let anybody on the network hand out keys, so it is allowed only on the machine itself. A key that
    /// the authority took back is no longer accepted.
    /// </summary>
    internal static ConfigurationManager<OpenIdConnectConfiguration> Published(string authority) => new(
        authority.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever { RequireHttps = !new Uri(authority).IsLoopback })
    { UseLastKnownGoodConfiguration = false, RefreshInterval = RefreshInterval };

    /// <summary>While the authority is unavailable, the answer is 503 and not 401: a token that cannot be checked is not a wrong one.</summary>
    private static async Task RequireAuthorityAsync(MessageReceivedContext context)
    {
        context.Token = context.HttpContext.Features.Get<BroughtToken>()?.Token;
        try
        {
            await RequireAsync(context.Options.ConfigurationManager, context.HttpContext.RequestAborted);
        }
        catch (ProblemException away)
        {
            context.Fail(away);
        }
    }

    /// <summary>Ends with 503 where the authority does not answer with its keys.</summary>
    internal static async Task RequireAsync(IConfigurationManager<OpenIdConnectConfiguration>? authority, CancellationToken cancellationToken)
    {
        try
        {
            await (authority?.GetConfigurationAsync(cancellationToken) ?? Task.FromResult<OpenIdConnectConfiguration>(null!));
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(new(503, "authority-unavailable", "The token cannot be checked for now",
                "The identity provider does not answer with its keys; try again after the time in Retry-After, or use a key of the ledger.")
            { RetryAfterS = AuthorityRetryAfterS });
        }
    }

    /// <summary>Makes a caller from a token's claims. If an issuer is set, the authority's own name is not accepted in addition.</summary>
    private static Task AdmitAsync(TokenValidatedContext context, JwtSettings settings)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var party = token.TryGetPayloadValue<string>("party", out var named) ? named : null;
        if (string.IsNullOrEmpty(token.Subject) || (party is not null && !Ids.IsId(party)) || (settings.Issuer ?? token.Issuer) != token.Issuer)
        {
            context.Fail("The token names another issuer, no subject, or a party that cannot be.");
        }
        else
        {
            context.Principal = Caller.Of(IdOf(token), party, token.Claims.Where(c => c.Type is "scope" or "scp").SelectMany(c => c.Value.Split(' ')).Where(Scopes.All.Contains).Distinct());
        }

        return Task.CompletedTask;
    }

    /// <summary>A subject may be a person's address, and principals stay in the log for ever. So the subject is hashed, with its issuer.</summary>
    private static string IdOf(JsonWebToken token) =>
        $"jwt-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{token.Issuer}\n{token.Subject}"))[..PrincipalBytes])}";

    /// <summary>A token that did not come as the bearer of the request.</summary>
    private sealed record BroughtToken(string Token);
}
