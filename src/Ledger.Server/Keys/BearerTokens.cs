using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server;

/// <summary>
/// Takes the tokens of an identity provider: JWTs (RFC 9068) signed by the keys that the authority publishes, or by a static set.
/// <c>scope</c> or <c>scp</c> holds the ledger's scopes, <c>party</c> the one party that the bearer acts for.
/// </summary>
internal sealed class BearerTokens
{
    private const int PrincipalBytes = 8;
    private const int AuthorityRetryAfterS = 5;

    /// <summary>Signatures that only the provider can make. A shared secret would let everybody who checks a token make one.</summary>
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _authority;

    internal BearerTokens(JwtSettings settings)
    {
        _parameters = new()
        {
            ValidAudience = settings.Audience,
            ValidIssuer = settings.Issuer,
            ValidateIssuer = settings.Authority is not null || settings.Issuer is not null,
            ValidAlgorithms = Algorithms,
            ClockSkew = Limits.ClockSkewMax,
        };
        if (settings.Keys is { } keys)
        {
            _parameters.IssuerSigningKeys = new JsonWebKeySet(keys).GetSigningKeys();
        }
        else if (settings.Authority is { } authority)
        {
            // Plain http would let anybody on the way hand out keys; on the machine itself there is no way.
            _authority = new(
                authority.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !new Uri(authority).IsLoopback });
        }
    }

    /// <summary>Whether a secret has the form of a token: three parts, with dots between.</summary>
    internal static bool IsToken(string secret) => secret.Count(c => c == '.') == 2;

    /// <summary>The principal of a good token; null where it is not good. Keys that the authority rotated in are fetched.</summary>
    internal async Task<Principal?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(token, cancellationToken);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && _authority is not null)
        {
            _authority.RequestRefresh();
            result = await ValidateAsync(token, cancellationToken);
        }

        return result.IsValid ? PrincipalOf((JsonWebToken)result.SecurityToken) : null;
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (_authority is null)
        {
            return await _handler.ValidateTokenAsync(token, _parameters);
        }

        OpenIdConnectConfiguration published;
        try
        {
            published = await _authority.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(new(503, "authority-unavailable", "The token cannot be checked for now",
                "The identity provider does not answer with its keys; try again after the time in Retry-After, or use a key of the ledger.")
            { RetryAfterS = AuthorityRetryAfterS });
        }

        var parameters = _parameters.Clone();
        parameters.ValidIssuer ??= published.Issuer;
        parameters.IssuerSigningKeys = published.SigningKeys;
        return await _handler.ValidateTokenAsync(token, parameters);
    }

    private static Principal? PrincipalOf(JsonWebToken token)
    {
        var party = token.TryGetPayloadValue<string>("party", out var named) ? named : null;
        return string.IsNullOrEmpty(token.Subject) || (party is not null && !Ids.IsId(party))
            ? null
            : new(new(IdOf(token), party), [.. token.Claims.Where(c => c.Type is "scope" or "scp").SelectMany(Words).Where(Scopes.All.Contains).Distinct()]);
    }

    /// <summary>A subject may be somebody's address, and principals stay in the log for ever: so it is hashed, with its issuer.</summary>
    private static string IdOf(JsonWebToken token) =>
        $"jwt-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{token.Issuer}\n{token.Subject}"))[..PrincipalBytes])}";

    private static string[] Words(Claim claim) => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
