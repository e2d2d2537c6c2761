using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Ledger.Server;

/// <summary>
/// Signing in to the desk at an identity provider: OpenID Connect, the authorization code with PKCE. Who somebody is and what they may do is said by the
/// access token that the provider makes for the ledger, checked as one that is sent to the API: the same person is the same principal there and here.
/// </summary>
internal static class ProviderSignIn
{
    internal const string Scheme = "DeskProvider";

    /// <summary>Sends a browser to the provider.</summary>
    internal const string Start = "/desk/sign-in/provider";

    /// <summary>Where the provider sends it back to; this address is registered there.</summary>
    internal const string Return = "/desk/signed-in";

    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(10);

    internal static void AddProviderSignIn(this IServiceCollection services, ProviderSettings settings) => services.AddAuthentication().AddOpenIdConnect(Scheme, options =>
    {
        options.SignInScheme = DeskAccess.Scheme;
        options.ConfigurationManager = TokenAuthentication.Published(settings.Authority);
        options.Authority = settings.Authority;
        options.RequireHttpsMetadata = !new Uri(settings.Authority).IsLoopback;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query; // A form from another site would come without cookies of this one.
        options.Scope.Clear();
        foreach (var scope in settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            options.Scope.Add(scope);
        }

        options.CallbackPath = Return;
        options.SignedOutCallbackPath = default;
        options.RemoteSignOutPath = default;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.DisableTelemetry = true;
        options.BackchannelTimeout = ProviderTimeout;
        options.TokenValidationParameters.ValidAlgorithms = TokenAuthentication.Algorithms;
        options.TokenValidationParameters.ClockSkew = Domain.Limits.ClockSkewMax;
        options.Events = new() { OnTokenValidated = AdmitAsync, OnRemoteFailure = RefuseAsync };
    });

    /// <summary>Begins signing in; afterwards the browser is sent to a page of the desk.</summary>
    internal static async Task BeginAsync(HttpContext context, string page)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(Scheme);
        await TokenAuthentication.RequireAsync(options.ConfigurationManager, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await context.ChallengeAsync(Scheme, new() { RedirectUri = page });
    }

    private static async Task AdmitAsync(TokenValidatedContext context)
    {
        var token = context.TokenEndpointResponse?.AccessToken;
        var checkedToken = string.IsNullOrEmpty(token) ? AuthenticateResult.NoResult() : await TokenAuthentication.CheckAsync(context.HttpContext, token);
        if (checkedToken.Principal is not { } caller)
        {
            context.Fail(checkedToken.Failure ?? new AuthenticationFailureException("The provider gave no access token that is meant for this ledger (Ledger:Jwt:Audience)."));
            return;
        }

        context.Principal = caller;
        DeskAccess.MarkProvider(context.HttpContext, context.Properties!);
    }

    /// <summary>The framework logs why; the page says that it was so.</summary>
    private static Task RefuseAsync(RemoteFailureContext context)
    {
        if (context.Failure is ProblemException away)
        {
            throw new ProblemException(away.Problem);
        }

        context.HttpContext.Features.Set(new RefusedKey("badToken", null));
        context.Response.Redirect(DeskAccess.SignIn + "?provider=refused");
        context.HandleResponse();
        return Task.CompletedTask;
    }
}
