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
            options.EnableForHttps = true;     // The one secret beside text that another chose, the token of a form, differs in every answer.
            options.MimeTypes = Compressed;    // Event streams stay as they are: a frame must not wait in a compressor.
        });
}
