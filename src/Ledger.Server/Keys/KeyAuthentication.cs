using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ledger.Server;

/// <summary>
/// The scheme of the ledger's own keys, sent as bearer tokens. A secret in the form of a JWT, three parts with dots between, is left to <see
/// cref="TokenAuthentication"/>.
/// </summary>
internal sealed class KeyAuthentication(
    AccessKeys keys, LedgerSettings settings, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string Name = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return AuthenticateResult.NoResult();
        }

        var secret = header.StartsWith(Name + " ", StringComparison.OrdinalIgnoreCase) ? header[Name.Length..].Trim() : "";
        if (keys.FindAdmin(secret) is { } admin)
        {
            return AuthenticateResult.Success(new(admin, Name));
        }

        if (settings.Jwt is not null && secret.AsSpan().Count('.') == 2)
        {
            var token = await Context.AuthenticateAsync(TokenAuthentication.Name);
            Context.Features.Set(token.Succeeded ? null : new RefusedKey("badToken", null));
            return token;
        }

        var (caller, refused) = await keys.FindAsync(secret, Context.RequestAborted);
        Context.Features.Set(refused);
        return caller is not null ? AuthenticateResult.Success(new(caller, Name)) : AuthenticateResult.Fail("No key in force was sent.");
    }
}
