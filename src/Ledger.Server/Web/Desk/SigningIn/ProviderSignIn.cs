using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Ledger.Server;

/// <summary>
/// Signing in to the desk with an identity provider: OpenID Connect with the authorization code flow and PKCE. The access token that the provider issues
/// for the ledger says who the person is and what they may do. It is checked like a token that is sent to the API, so a person is the same principal at the
/// desk and in the API.
/// </summary>
internal static class ProviderSignIn
{
    internal const string Scheme = "DeskProvider";

    /// <summary>The path that sends a browser to the provider.</summary>
    internal const string Start = "/desk/sign-in/provider";

    /// <summary>The path that the provider sends the browser back to. It is registered at the provider.</summary>
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
        options.ResponseMode = OpenIdConnectResponseMode.Query; // A form_post from the provider would come without this site's cookies.
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

    /// <summary>Begins the sign-in. Afterwards the browser is sent to a page of the desk.</summary>
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

    /// <summary>Shows the sign-in page with the refusal. The framework logs the reason.</summary>
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
