using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Ledger.Server;

/// <summary>
/// The desk: pages for people who are signed in. Each form sends a command of the API, or changes operational data with the code of the API.
/// </summary>
internal static class DeskRoutes
{
    /// <summary>The size of a form with a text of 1 MB. A form may encode each byte as three characters.</summary>
    private const int FormBytesMax = 3 * JsonBody.BytesMax;

    internal static IServiceCollection AddDesk(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDataProtection().SetApplicationName("claims-ledger");
        var settings = DeskSettings.From(configuration);
        if (settings.Provider is { } provider)
        {
            services.AddProviderSignIn(provider);
        }

        return services
            .AddSingleton<IConfigureOptions<KeyManagementOptions>, SessionKeys>()
            .AddSingleton(settings)
            .AddSingleton<NoticeDrafts>()
            .AddAntiforgery(options =>
            {
                options.FormFieldName = "token";
                options.Cookie.Name = "ledger-desk-form";
                options.Cookie.Path = DeskAccess.Home;
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            });
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        SignInRoutes.Map(routes);
        DeskHomeRoutes.Map(routes);
        RecordingFormRoutes.Map(routes);
        NoticeDeskRoutes.Map(routes);
        NoticeDraftRoutes.Map(routes);
        AnswersDeskRoutes.Map(routes);
        SubscriptionDeskRoutes.Map(routes);
        ErasureDeskRoutes.Map(routes);
        KeyDeskRoutes.Map(routes);
    }

    /// <summary>Maps a page of the desk.</summary>
    internal static IEndpointConventionBuilder MapDesk(this IEndpointRouteBuilder routes, string pattern, Func<DeskCall, Task> read, string policy = DeskAccess.Prefix + Scopes.Read) =>
        routes.MapMethods(pattern, ["GET", "HEAD"], (Delegate)((HttpContext context) =>
            context.RequestServices.GetRequiredService<SecretBox>().HasKey ? read(new(context, null)) : throw SecretBox.KeyMissing())).AsDesk(policy);

    /// <summary>Maps the target of a desk form. A form that did not come from a page of this desk is refused before anything is done.</summary>
    internal static IEndpointConventionBuilder MapDeskForm(this IEndpointRouteBuilder routes, string pattern, Func<DeskCall, Task> act, string policy = DeskAccess.Prefix + Scopes.Read) =>
        routes.MapPost(pattern, (Delegate)(async (HttpContext context) => await act(new(context, await ReadAsync(context))))).AsDesk(policy);

    private static RouteHandlerBuilder AsDesk(this RouteHandlerBuilder route, string policy) =>
        route.RequireAuthorization(policy).WithMetadata(new DeskPlace()).ExcludeFromDescription();

    private static async Task<FormValues> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwnOrigin(request) || !request.HasFormContentType)
        {
            throw Forged();
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = FormBytesMax;
        }

        try
        {
            var form = await request.ReadFormAsync(new FormOptions { ValueLengthLimit = FormBytesMax, BufferBodyLengthLimit = FormBytesMax, MultipartBodyLengthLimit = FormBytesMax }, context.RequestAborted);
            return await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context) ? new(form) : throw Forged();
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(Problem.BadRequest("invalid-form", "The form has more fields or longer ones than any of the desk."));
        }
    }

    /// <summary>A browser says where a form comes from. Behind a proxy that terminates TLS the scheme may differ, but the host is the same.</summary>
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is var origin
        && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

    private static ProblemException Forged() => new(new(403, "not-from-the-desk", "The form did not come from this desk",
        "Nothing was done. Load the page with the form again and send it from there; the browser must accept the cookies of this site."));
}
