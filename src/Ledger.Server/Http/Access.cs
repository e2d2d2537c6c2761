using System.Net;
using System.Security.Cryptography;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Who asks, and whether it may: the admin key of the settings, a key that was made with POST /v1/keys, or a token of the identity provider.
/// Reads are open where the settings say so.
/// </summary>
internal sealed class Access(LedgerSettings settings, AccessKeys keys)
{
    /// <summary>The principal behind the admin key, stored as recordedBy.</summary>
    internal const string AdminPrincipal = "admin";

    private const string Scheme = "Bearer ";

    private readonly BearerTokens? _tokens = settings.Jwt is { } jwt ? new(jwt) : null;
    private readonly byte[]? _adminKeyHash = settings.AdminKey is { Length: > 0 } key ? AccessKeys.HashOf(key) : null;

    /// <summary>Finds out who asks, before anything else is looked at. False for a key or token that is not good: that is 401, also where none is needed.</summary>
    internal async Task<bool> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return true;
        }

        var principal = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await FindAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : null;
        context.Features.Set(principal);
        return principal is not null;
    }

    /// <summary>The principal that configuration names: the administrator, or a key by its id; null where there is none in force.</summary>
    internal async Task<Principal?> NamedAsync(string name, CancellationToken cancellationToken) =>
        name == AdminPrincipal ? new(new(AdminPrincipal), [Scopes.Admin]) : await keys.FindByIdAsync(name, cancellationToken);

    /// <summary>The actor of a write, or 401; 403 where its key lacks the scope that the route needs.</summary>
    internal Actor Writer(HttpContext context)
    {
        var principal = context.Features.Get<Principal>() ?? throw Unauthorized(context);
        var scope = context.GetEndpoint()?.Metadata.GetMetadata<NeededScope>()?.Name ?? Scopes.Record;
        return principal.May(scope) ? principal.Actor : throw Forbidden(scope);
    }

    /// <summary>Whether the reader may see what is restricted: the audit view. A read without a key is 401 where reads are not open.</summary>
    internal bool MayAudit(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeededScope>() is not null)
        {
            Writer(context);
        }

        var principal = context.Features.Get<Principal>();
        var isOpen = settings.PublicReads ?? (settings.IsLocal && IsOnThisMachine(context.Connection));
        return principal is null ? (isOpen ? false : throw Unauthorized(context))
            : principal.May(Scopes.Audit) || (isOpen || principal.May(Scopes.Read) ? false : throw Forbidden(Scopes.Read));
    }

    /// <summary>What a private ledger shows without a key stays on the machine, also where it was told to listen further.</summary>
    private static bool IsOnThisMachine(ConnectionInfo connection) => connection.RemoteIpAddress is null || IPAddress.IsLoopback(connection.RemoteIpAddress);

    private async Task<Principal?> FindAsync(string secret, CancellationToken cancellationToken) =>
        _adminKeyHash is not null && CryptographicOperations.FixedTimeEquals(_adminKeyHash, AccessKeys.HashOf(secret))
            ? new(new(AdminPrincipal), [Scopes.Admin])
        : _tokens is not null && BearerTokens.IsToken(secret) ? await _tokens.FindAsync(secret, cancellationToken)
        : await keys.FindAsync(secret, cancellationToken);

    private static ProblemException Forbidden(string scope) =>
        new(new(403, "scope-missing", "The key may not do this", $"It lacks the scope {scope}; an administrator makes a key that has it with POST /v1/keys."));

    internal ProblemException Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new(new(401, "unauthorized", "A key is needed", settings.IsLocal
            ? "Send Authorization: Bearer <key>; the server prints at start where the admin key is kept."
            : "Send Authorization: Bearer <key>, with a key that an administrator made with POST /v1/keys."));
    }
}

/// <summary>Puts access before every route.</summary>
internal static class AccessPipeline
{
    internal static void UseAccess(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<Access>();
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.Use(async (context, next) =>
        {
            var isGood = await access.AuthenticateAsync(context);
            limits.Take(context);
            if (!isGood)
            {
                throw access.Unauthorized(context);
            }

            await next(context);
        });
    }
}
