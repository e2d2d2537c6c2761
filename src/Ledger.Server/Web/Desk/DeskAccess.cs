using System.Security.Claims;
using Ledger.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace Ledger.Server;

/// <summary>Marks the routes of the desk: they answer with pages, whatever the method.</summary>
internal sealed record DeskPlace;

/// <summary>
/// Signing in to the desk: a cookie that names a key, good for the routes of the desk and for nothing else. A browser sends it to no other path, and no
/// other route looks at it.
/// </summary>
internal static class DeskAccess
{
    internal const string Scheme = "Desk";

    /// <summary>Before the name of a scope: the policy of a desk route that needs it.</summary>
    internal const string Prefix = "desk:";

    /// <summary>The policy of whoever is signed in, also with a key that may not read.</summary>
    internal const string SignedIn = "desk";

    internal const string Home = "/desk";
    internal const string SignIn = "/desk/sign-in";

    private const string MarkItem = "mark";
    private const string BegunItem = "begun";
    private const string ProviderItem = "provider";

    /// <summary>A desk that was left alone for this long asks for the key again.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromHours(1);

    /// <summary>A session ends after this long, however busy it is: a working day.</summary>
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

    /// <summary>Begins a session of a key. The cookie holds the key's id and the hash of its secret, sealed.</summary>
    internal static Task BeginAsync(HttpContext context, ClaimsPrincipal caller, string mark)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return context.SignInAsync(Scheme, caller, new AuthenticationProperties
        {
            IsPersistent = false,
            Items = { [MarkItem] = mark, [BegunItem] = WireTime.Format(now) },
        });
    }

    /// <summary>Marks a session that begins as one of the identity provider: what it may do stands in the cookie, sealed.</summary>
    internal static void MarkProvider(HttpContext context, AuthenticationProperties session)
    {
        session.IsPersistent = false;
        session.Items[ProviderItem] = "yes";
        session.Items[BegunItem] = WireTime.Format(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    /// <summary>Whether a session that began at a moment has lasted too long.</summary>
    internal static bool IsOver(string? begun, DateTimeOffset now, TimeSpan max) => !WireTime.TryParse(begun ?? "", out var at) || now - at > max;

    /// <summary>Sends a browser that is not signed in to do so, and then back; true where that is the answer.</summary>
    internal static bool TrySendToSignIn(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DeskPlace>() is null || context.Request.Path == SignIn || context.Request.Path == ProviderSignIn.Start)
        {
            return false;
        }

        // What was sent with a form is lost, and where it was sent to is no page.
        context.Response.Headers.Location = HttpMethods.IsPost(context.Request.Method)
            ? SignIn
            : SignIn + QueryString.Create("from", context.Request.Path + context.Request.QueryString);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return true;
    }

    /// <summary>Asked with every request: a key must be in force, and its scopes are those of now. A session of the provider lasts as long as it may.</summary>
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
