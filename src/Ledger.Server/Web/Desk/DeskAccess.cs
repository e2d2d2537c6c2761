using System.Security.Claims;
using Ledger.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace Ledger.Server;

/// <summary>Marks the routes of the desk. They answer with pages for every method.</summary>
internal sealed record DeskPlace;

/// <summary>
/// Signing in to the desk. A cookie names a key and is valid only for the routes of the desk. A browser sends it to no other path, and no other route reads
/// it.
/// </summary>
internal static class DeskAccess
{
    internal const string Scheme = "Desk";

    /// <summary>The prefix of a policy name. It is followed by the scope that a desk route needs.</summary>
    internal const string Prefix = "desk:";

    /// <summary>The policy for everybody who is signed in, even with a key that may not read.</summary>
    internal const string SignedIn = "desk";

    internal const string Home = "/desk";
    internal const string SignIn = "/desk/sign-in";

    private const string MarkItem = "mark";
    private const string BegunItem = "begun";
    private const string ProviderItem = "provider";

    /// <summary>After this time without a request, the desk asks for the key again.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromHours(1);

    /// <summary>A session ends after this time, even if it is in use. It is one working day.</summary>
    internal static readonly TimeSpan LifeMax = TimeSpan.FromHours(12);

    internal static void AddDeskSessions(this AuthenticationBuilder schemes) => schemes.AddCookie(Scheme, options =>
    {
        options.Cookie.Name = "ledger-desk";
        options.Cookie.Path = Home;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = IdleMax;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = ValidateAsync;
    });

    internal static void AddDesk(this AuthorizationBuilder policies, Func<HttpContext, bool> mayRead)
    {
        policies.AddPolicy(SignedIn, policy => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser());
        foreach (var scope in Scopes.All)
        {
            policies.AddPolicy(Prefix + scope, policy =>
            {
                policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser().RequireAssertion(asked => mayRead((HttpContext)asked.Resource!));
                if (scope != Scopes.Read)
                {
                    policy.RequireClaim(Caller.ScopeClaim, scope, Scopes.Admin);
                }
            });
        }
    }

    /// <summary>Begins a session with a key. The cookie holds the key's id and the hash of its secret, in encrypted form.</summary>
    internal static Task BeginAsync(HttpContext context, ClaimsPrincipal caller, string mark)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return context.SignInAsync(Scheme, caller, new AuthenticationProperties
        {
            IsPersistent = false,
            Items = { [MarkItem] = mark, [BegunItem] = WireTime.Format(now) },
        });
    }

    /// <summary>Marks a new session as one of the identity provider. The scopes of such a session are in the cookie, in encrypted form.</summary>
    internal static void MarkProvider(HttpContext context, AuthenticationProperties session)
    {
        session.IsPersistent = false;
        session.Items[ProviderItem] = "yes";
        session.Items[BegunItem] = WireTime.Format(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    /// <summary>Whether a session that began at a moment has lasted too long.</summary>
    internal static bool IsOver(string? begun, DateTimeOffset now, TimeSpan max) => !WireTime.TryParse(begun ?? "", out var at) || now - at > max;

    /// <summary>
    /// Sends a browser that is not signed in to the sign-in page. After signing in, it comes back to the requested page. True if that is the answer to the
    /// request.
    /// </summary>
    internal static bool TrySendToSignIn(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DeskPlace>() is null || context.Request.Path == SignIn || context.Request.Path == ProviderSignIn.Start)
        {
            return false;
        }

        // The data of a form is lost, and the address of a form is not a page to come back to.
        context.Response.Headers.Location = HttpMethods.IsPost(context.Request.Method)
            ? SignIn
            : SignIn + QueryString.Create("from", context.Request.Path + context.Request.QueryString);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return true;
    }

    /// <summary>
    /// Runs at every request. A key must still be in force, and its current scopes apply. For a session of the identity provider, only its age is checked.
    /// </summary>
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var items = context.Properties.Items;
        var provider = items.ContainsKey(ProviderItem);
        var max = provider ? services.GetRequiredService<DeskSettings>().Provider?.SessionMax : LifeMax;
        var caller = max is null || IsOver(items.TryGetValue(BegunItem, out var begun) ? begun : null, services.GetRequiredService<TimeProvider>().GetUtcNow(), max.Value) ? null
            : provider ? context.Principal
            : items.TryGetValue(MarkItem, out var mark) && mark is not null ? await services.GetRequiredService<AccessKeys>().OfSessionAsync(mark, context.HttpContext.RequestAborted)
            : null;
        if (caller is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        }
        else
        {
            context.ReplacePrincipal(caller);
        }
    }
}
