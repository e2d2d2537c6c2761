using Microsoft.AspNetCore.ResponseCompression;

namespace Ledger.Server;

/// <summary>What the framework does for every answer: compression, and reads by browsers of other origins.</summary>
internal static class BrowsersAndCodings
{
    private static readonly string[] Compressed =
        ["application/json", "application/problem+json", "application/ld+json", "application/prov+json", "application/x-ndjson",
         "application/atom+xml", "application/feed+json", "application/link-format", "text/csv", "text/html", "text/css", "text/javascript", "image/svg+xml"];

    private static readonly string[] Exposed =
        ["ETag", "Link", "Ledger-Position", "Ledger-Next", "Ledger-Checkpoint", "Memento-Datetime", "Retry-After", "WWW-Authenticate"];

    internal static IServiceCollection AddBrowsersAndCodings(this IServiceCollection services, LedgerSettings settings) => services
        .AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.CorsOrigins]).WithMethods("GET", "HEAD").AllowAnyHeader().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1))))
        .AddResponseCompression(options =>
        {
            options.EnableForHttps = true;     // Safe here: the only secret next to text from others is a form's token, and it differs in every answer.
            options.MimeTypes = Compressed;    // Event streams are not compressed: a frame must not wait in a compressor.
        });

    /// <summary>
    /// Adds the header Vary, even if this answer was not compressed and no other origin asked. Without it, a cache would give this answer to clients
    /// that must get another one.
    /// </summary>
    internal static void UseVary(this WebApplication app, LedgerSettings settings) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var (request, response) = (context.Request, context.Response);
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                return Task.CompletedTask;
            }

            if (settings.CorsOrigins.Count > 0)
            {
                response.Vary("Origin");
            }

            // A 304 answer has no content type, but its tag may be that of an answer that can be compressed.
            var type = response.ContentType?.Split(';')[0].Trim();
            if (type is null ? response.StatusCode == StatusCodes.Status304NotModified && !request.Path.StartsWithSegments("/log", StringComparison.Ordinal) : Compressed.Contains(type, StringComparer.OrdinalIgnoreCase))
            {
                response.Vary("Accept-Encoding");
            }

            return Task.CompletedTask;
        });
        return next(context);
    });

    /// <summary>Says once that the answer depends on a header of the request.</summary>
    internal static void Vary(this HttpResponse response, string header)
    {
        if (!response.Headers.GetCommaSeparatedValues("Vary").Contains(header, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers.Append("Vary", header);
        }
    }
}
