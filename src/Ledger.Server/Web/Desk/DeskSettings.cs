namespace Ledger.Server;

/// <summary>What an operator may set of the desk.</summary>
internal sealed record DeskSettings
{
    /// <summary>Whether a notice that is written at the desk is recorded only when another principal has approved it.</summary>
    public bool NoticesNeedApproval { get; init; } = true;

    /// <summary>Where people sign in besides with keys; null for nowhere.</summary>
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
    /// <summary>Its address: that of Ledger:Jwt:Authority.</summary>
    public string Authority { get; init; } = "";

    /// <summary>As what the desk is registered there.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>What proves to the provider that the desk asks; null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>What is asked for, with spaces between: those scopes of the ledger that the provider knows.</summary>
    public string Scope { get; init; } = "openid";

    /// <summary>What the sign-in page calls it.</summary>
    public string Name { get; init; } = "your organisation";

    /// <summary>How long a session lasts at most. What the provider takes back is noticed when the session ends.</summary>
    public TimeSpan SessionMax { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Null where no client is named.</summary>
    /// <exception cref="InvalidOperationException">No authority is set whose tokens are taken.</exception>
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
