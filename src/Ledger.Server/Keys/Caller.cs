using System.Security.Claims;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The caller of a request, as claims: the principal that events name, the party that it is bound to, and its scopes.</summary>
internal static class Caller
{
    internal const string ScopeClaim = "scope";
    private const string PrincipalClaim = "sub";
    private const string PartyClaim = "party";

    internal static ClaimsPrincipal Of(string principal, string? party, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity(KeyAuthentication.Name, PrincipalClaim, roleType: null);
        identity.AddClaim(new(PrincipalClaim, principal));
        if (party is not null)
        {
            identity.AddClaim(new(PartyClaim, party));
        }

        identity.AddClaims(scopes.Select(scope => new Claim(ScopeClaim, scope)));
        return new(identity);
    }

    extension(ClaimsPrincipal caller)
    {
        /// <summary>The actor of a write. Only for routes that need a scope, because these always have a caller.</summary>
        internal Actor Actor => new(caller.Identity!.Name!, caller.FindFirst(PartyClaim)?.Value);

        internal bool May(string scope) => caller.HasClaim(ScopeClaim, scope) || caller.HasClaim(ScopeClaim, Scopes.Admin);
    }
}
