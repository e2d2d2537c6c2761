using Microsoft.Net.Http.Headers;

namespace Ledger.Server;

/// <summary>Marks a data route that also has a page for people. The page has the same path without <c>/v1</c>.</summary>
internal sealed record PageTwin;

/// <summary>Distinguishes browsers, which ask for a page, from programs, which ask for data.</summary>
internal static class PageRequests
{
    private const string ApiPrefix = "/v1";

    /// <summary>The parameters that a page understands. A request with any other parameter gets data.</summary>
    private static readonly string[] Moments = ["asOf", "knownAt"];

    /// <summary>Declares that a page shows the same content. A client that prefers HTML is sent to the page.</summary>
    internal static RouteHandlerBuilder WithPage(this RouteHandlerBuilder route) => route.WithMetadata(new PageTwin()).Produces(303);

    /// <summary>Whether the request prefers HTML to JSON. A client that names neither, or both with the same weight, gets data.</summary>
    internal static bool WantsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<DeskPlace>() is not null)
        && request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && Quality(accepted, IsHtml) is > 0 and var html
        && html > Quality(accepted, IsJson);

    /// <summary>Sends a browser from data to its page, if the route has one. True if that is the answer to the request.</summary>
    internal static bool TrySendToPage(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PageTwin>() is null)
        {
            return false;
        }

        context.Response.Vary("Accept");
        if (!WantsPage(context.Request) || !context.Request.Query.Keys.All(k => Moments.Contains(k, StringComparer.Ordinal)))
        {
            return false;
        }

        context.Response.Headers.Location = context.Request.Path.Value![ApiPrefix.Length..] + context.Request.QueryString;
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return true;
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, Func<MediaTypeHeaderValue, bool> fits) =>
        accepted.Where(fits).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();

    private static bool IsHtml(MediaTypeHeaderValue type) => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
}
