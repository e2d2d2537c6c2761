using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Ledger.Server;

/// <summary>Access control: the authentication schemes, and a policy for each scope. A route that names no policy is closed.</summary>
internal static class Access
{
    /// <summary>The policy of routes for everybody. Only a request with an invalid key or token is refused.</summary>
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
            // Unknown paths and methods get their usual answer. A route whose policy was forgotten is closed.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(asked => asked.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint && IsGood(context)).Build());
        foreach (var scope in Scopes.All.Where(scope => scope != Scopes.Read))
        {
            policies.AddPolicy(scope, policy => policy.RequireClaim(Caller.ScopeClaim, scope, Scopes.Admin));
        }

        policies.AddDesk(context => MayRead(context, settings));

        return services;
    }

    /// <summary>Whether a request sends a valid key or token, or none.</summary>
    private static bool IsGood(HttpContext context) => context.User.Identity is { IsAuthenticated: true } || context.Request.Headers.Authorization.ToString().Length == 0;

    /// <summary>
    /// The settings decide whether reads need a key. By default a private ledger answers reads without a key only on its own machine, even if it
    /// listens on other addresses.
    /// </summary>
    private static bool MayRead(HttpContext context, LedgerSettings settings) =>
        context.User.May(Scopes.Read) || context.User.May(Scopes.Audit)
        || (IsGood(context) && (settings.PublicReads ?? (settings.IsLocal && (context.Connection.RemoteIpAddress is not { } from || IPAddress.IsLoopback(from)))));
}

/// <summary>Answers requests that a policy refuses.</summary>
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
            // The redirect to the sign-in page is the answer.
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
