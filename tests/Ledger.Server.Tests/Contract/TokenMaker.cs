using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Server.Tests;

/// <summary>An identity provider that makes valid tokens and tokens that must be refused.</summary>
internal sealed class TokenMaker : IDisposable
{
    internal const string Issuer = "https://id.example.org";

    internal const string Audience = "claims-ledger";
    private readonly RSA _key = RSA.Create(2048);

    /// <summary>Its public key as a JWKS.</summary>
    internal string KeySet
    {
        get
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new(_key.ExportParameters(false)) { KeyId = "k1" });
            return JsonSerializer.Serialize(new { keys = new[] { new { kty = key.Kty, n = key.N, e = key.E, kid = key.Kid, use = "sig", alg = "RS256" } } });
        }
    }

    internal string Make(string scope, string? party = null, string issuer = Issuer, string audience = Audience, DateTime? expires = null, string? nonce = null)
    {
        var claims = new Dictionary<string, object> { ["scope"] = scope, ["sub"] = "someone" };
        if (party is not null)
        {
            claims["party"] = party;
        }

        if (nonce is not null)
        {
            claims["nonce"] = nonce;
            claims["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(); // An ID token has it (OpenID Connect Core 1.0, 2).
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer, Audience = audience, Claims = claims, Expires = expires ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            SigningCredentials = new(new RsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary><c>alg: none</c> (RFC 7519 §6).</summary>
    internal string Unsigned(string scope) => $"{Part("""{"alg":"none"}""")}.{Payload(scope)}.";

    /// <summary>A token that a verifier accepts if it uses the public key (here its PEM text) as a shared secret (RFC 8725 §2.1).</summary>
    internal string SignedWithPublicKey(string scope)
    {
        var content = $"{Part("""{"alg":"HS256","kid":"k1","typ":"JWT"}""")}.{Payload(scope)}";
        return $"{content}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_key.ExportSubjectPublicKeyInfoPem()), Encoding.UTF8.GetBytes(content)))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Payload(string scope) => Part($$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"x","scope":"{{scope}}","exp":9999999999}""");

    private static string Part(string json) => Base64UrlEncoder.Encode(json);
}
