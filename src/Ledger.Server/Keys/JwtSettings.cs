namespace Ledger.Server;

/// <summary>Which identity provider's tokens are accepted.</summary>
internal sealed record JwtSettings
{
    /// <summary>The identity provider; its keys are found by OpenID Connect discovery.</summary>
    public string? Authority { get; init; }

    /// <summary>A static key set (JWKS, RFC 7517) instead of discovery.</summary>
    public string? Keys { get; init; }

    /// <summary>Who must have issued a token; if not set, the issuer that the authority names.</summary>
    public string? Issuer { get; init; }

    /// <summary>The audience that a token must be meant for.</summary>
    public string Audience { get; init; } = "claims-ledger";

    /// <summary>Null where no tokens are taken.</summary>
    internal static JwtSettings? From(IConfigurationSection section) =>
        section["Authority"] is null && section["Keys"] is null ? null : section.Get<JwtSettings>();
}
