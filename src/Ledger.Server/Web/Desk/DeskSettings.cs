namespace Ledger.Server;

/// <summary>The settings of the desk.</summary>
internal sealed record DeskSettings
{
    /// <summary>Whether a notice from the desk is recorded only after another principal has approved it.</summary>
    public bool NoticesNeedApproval { get; init; } = true;

    /// <summary>The identity provider for signing in without a key. Null if there is none.</summary>
    public ProviderSettings? Provider { get; init; }

    internal static DeskSettings From(IConfiguration configuration) => new()
    {
        NoticesNeedApproval = configuration.GetValue("Ledger:Desk:NoticesNeedApproval", true),
        Provider = ProviderSettings.From(configuration.GetSection("Ledger:Desk:OpenIdConnect"), JwtSettings.From(configuration.GetSection("Ledger:Jwt"))),
    };
}

/// <summary>The identity provider at which people sign in to the desk (OpenID Connect).</summary>
internal sealed record ProviderSettings
{
    /// <summary>Its address, taken from Ledger:Jwt:Authority.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The client id under which the desk is registered there.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The secret that identifies the desk to the provider. Null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The requested scopes, separated by spaces: those scopes of the ledger that the provider knows.</summary>
    public string Scope { get; init; } = "openid";

    /// <summary>The name of the provider on the sign-in page.</summary>
    public string Name { get; init; } = "your organisation";

    /// <summary>How long a session lasts at most. If the provider revokes rights, the desk notices that only when the session ends.</summary>
    public TimeSpan SessionMax { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Reads the settings. Null if no client id is set.</summary>
    /// <exception cref="InvalidOperationException">A client id is set, but Ledger:Jwt:Authority is not.</exception>
    internal static ProviderSettings? From(IConfigurationSection section, JwtSettings? tokens)
    {
        if (section["ClientId"] is not { Length: > 0 })
        {
            return null;
        }

        return section.Get<ProviderSettings>()! with
        {
            Authority = tokens?.Authority ?? throw new InvalidOperationException("Ledger:Desk:OpenIdConnect:ClientId is set without Ledger:Jwt:Authority, the address of the provider whose tokens are taken."),
        };
    }
}
