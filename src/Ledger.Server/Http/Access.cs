using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Ledger.Server;

/// <summary>Who is let in where: the schemes, and a policy for each scope. A route that names none is closed.</summary>
internal static class Access
{
    /// <summary>The policy of what is for everybody: only a key or token that is not good is refused.</summary>
    internal const string Open = "open";

    internal static IServiceCollection AddAccess(this IServiceCollection services, LedgerSettings settings)
    {
        var schemes = services.AddSingleton<OperationAnswers>().AddSingleton<AccessLog>().AddSingleton<AccessKeys>().AddSingleton<AccessRefusals>().AddHostedService(s => s.GetRequiredService<AccessRefusals>()).AddAuthentication(KeyAuthentication.Name).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Name, null);
        schemes.AddDeskSessions();
        if (settings.Jwt is { } jwt)
        {
            schemes.AddTokens(jwt);
        }

        var policies = services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusal>().AddAuthorizationBuilder()
            .AddPolicy(Open, policy => policy.RequireAssertion(asked => IsGood((HttpContext)asked.Resource!)))
            .AddPolicy(Scopes.Read, policy => policy.RequireAssertion(asked => MayRead((HttpContext)asked.Resource!, settings)))
            // Paths and methods that are not there are not hidden; a route that was forgotten is.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(asked => asked.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint && IsGood(context)).Build());
        foreach (var scope in Scopes.All.Where(scope => scope != Scopes.Read))
        {
            policies.AddPolicy(scope, policy => policy.RequireClaim(Caller.ScopeClaim, scope, Scopes.Admin));
        }

        policies.AddDesk(context => MayRead(context, settings));

        return services;
    }

    /// <summary>Whether a request sends a good key or token, or none.</summary>
    private static bool IsGood(HttpContext context) => context.User.Identity is { IsAuthenticated: true } || context.Request.Headers.Authorization.ToString().Length == 0;

    /// <summary>Reads are open to whom the settings say. What a private ledger shows without a key stays on the machine, also where it was told to listen further.</summary>
    private static bool MayRead(HttpContext context, LedgerSettings settings) =>
        context.User.May(Scopes.Read) || context.User.May(Scopes.Audit)
        || (IsGood(context) && (settings.PublicReads ?? (settings.IsLocal && (context.Connection.RemoteIpAddress is not { } from || IPAddress.IsLoopback(from)))));
}

/// <summary>Answers whom a policy keeps out.</summary>
internal sealed class AccessRefusal(LedgerSettings settings) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
        }
        else if (authorizeResult.Challenged && DeskAccess.TrySendToSignIn(context))
        {
            // That is the answer.
        }
        else if (authorizeResult.Forbidden)
        {
            await context.WriteProblemAsync(MissingScope(Scopes.NeededBy(context.GetEndpoint())));
        }
        else if ((await context.AuthenticateAsync()).Failure is ProblemException refused)
        {
            await context.WriteProblemAsync(refused.Problem);
        }
        else
        {
            context.Response.Headers.WWWAuthenticate = KeyAuthentication.Name;
            await context.WriteProblemAsync(new(401, "unauthorized", "A key is needed", settings.IsLocal
                ? "Send Authorization: Bearer <key>; the server prints at start where the admin key is kept."
                : "Send Authorization: Bearer <key>, with a key that an administrator made with POST /v1/keys."));
        }
    }

    internal static Problem MissingScope(string scope) =>
        new(403, "scope-missing", "The key may not do this", $"It lacks the scope {scope}; an administrator makes a key that has it with POST /v1/keys.");
}
