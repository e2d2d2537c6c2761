using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Ledger.Server.Web.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Ledger.Server;

/// <summary>Renders a component as a whole page, and sets the headers that limit what a browser may do with it.</summary>
internal static class PageWriter
{
    private const string Html = "text/html; charset=utf-8";

    /// <summary>
    /// A page may load only its own style, scripts and pictures, and may connect only to its own server. It may not be shown in a frame, and inline scripts
    /// do not run.
    /// </summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>An embedded page may be shown in any frame, but may have no scripts, forms or connections.</summary>
    private const string EmbedPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

    internal static IServiceCollection AddPages(this IServiceCollection services) => services
        // The letters of all scripts are written unescaped, so that a page in Chinese is not much larger than one in English. Characters that could be
        // markup are still escaped.
        .AddSingleton(HtmlEncoder.Create(UnicodeRanges.All))
        .AddSingleton<LabelCounts>();

    /// <summary>Writes a page. Its ETag is computed from its bytes, so that a browser that revalidates it gets 304.</summary>
    internal static Task WritePageAsync<TPage>(this ReadCall call, object page, long position)
        where TPage : IComponent => WriteAsync<TPage>(call, page, position, Policy);

    /// <summary>Writes a page that other sites may show in a frame.</summary>
    internal static Task WriteEmbedAsync<TPage>(this ReadCall call, object page, long position)
        where TPage : IComponent => WriteAsync<TPage>(call, page, position, EmbedPolicy);

    /// <summary>Writes a page for one reader only. It must not be cached.</summary>
    internal static async Task WriteOwnAsync<TPage>(HttpContext context, object page, int status)
        where TPage : IComponent
    {
        var body = await RenderAsync<TPage>(context.RequestServices, page);
        Guard(context.Response, Policy);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteWholeAsync(body, Html, context.RequestAborted);
    }

    /// <summary>Writes a problem as a page that says what can be done. The status of the response is already set.</summary>
    internal static async Task WriteProblemAsync(HttpContext context, Problem problem)
    {
        var page = new ProblemPage(SiteOf(context), problem.Status, problem.Title, problem.Detail, problem.Members.GetValueOrDefault("knownFrom") as string);
        var body = await RenderAsync<ProblemDocument>(context.RequestServices, page);
        context.Response.Vary("Accept");
        Guard(context.Response, Policy);
        await context.Response.WriteWholeAsync(body, Html, context.RequestAborted);
    }

    /// <summary>The address that the reader used for this server.</summary>
    internal static string SiteOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    private static async Task WriteAsync<TPage>(ReadCall call, object page, long position, string policy)
        where TPage : IComponent
    {
        var body = await RenderAsync<TPage>(call.Context.RequestServices, page);
        Guard(call.Response, policy);
        await call.WriteBytesAsync(body, Html, position);
    }

    private static void Guard(HttpResponse response, string policy)
    {
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
    }

    private static async Task<byte[]> RenderAsync<TPage>(IServiceProvider services, object page)
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Page"] = page });
            var output = await renderer.RenderComponentAsync<TPage>(parameters);
            return Encoding.UTF8.GetBytes(CharacterReferences.Mend(output.ToHtmlString()));
        });
    }
}
