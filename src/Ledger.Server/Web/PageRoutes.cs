using Ledger.Domain;
using Ledger.Server.Web.Pages;

namespace Ledger.Server;

/// <summary>The reference of the API.</summary>
public sealed record ReferencePage(PageHead Head);

/// <summary>The pages for people. Each page is a read like any other, with the same access rules, restrictions and moments.</summary>
internal static class PageRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        AssetRoutes.Map(routes);
        routes.MapPage("/", "What changed, by day", async call =>
        {
            var page = await FrontPage.ReadAsync(call);
            await call.WritePageAsync<FrontDocument>(page, page.Position);
        });
        routes.MapPage("/assertions", "Search and lists", async call =>
        {
            var page = await ListingPage.ReadAsync(call);
            await call.WritePageAsync<ListingDocument>(page, page.Position);
        });
        routes.MapPage("/assertions/{id}", "An assertion", async call =>
        {
            var page = await AssertionPage.ReadAsync(call);
            await call.WritePageAsync<AssertionDocument>(page, page.Position);
        });
        routes.MapPage("/sources/{id}", "A source", async call =>
        {
            var page = await SourcePage.ReadAsync(call);
            await call.WritePageAsync<SourceDocument>(page, page.Position);
        });
        routes.MapPage("/sources/{id}/comparison", "Two sources side by side", async call =>
        {
            var page = await ComparisonPage.ReadAsync(call);
            await call.WritePageAsync<ComparisonDocument>(page, page.Position);
        });
        routes.MapPage("/parties/{id}", "A party", async call =>
        {
            var page = await PartyPage.ReadAsync(call);
            await call.WritePageAsync<PartyDocument>(page, page.Position);
        });
        routes.MapPage("/docs", "The API, to read and to try", call =>
        {
            call.Query.Done();
            var head = PageHead.Of(call, "The API", "Every route of the API, with its parameters and bodies, to read and to try.") with { Data = "/openapi/v1.json", Scripts = ["reference.js"] };
            return call.WritePageAsync<ReferenceDocument>(new ReferencePage(head), 0);
        });
        BadgeRoutes.Map(routes);
        OnThatDayRoute.Map(routes);
    }

    /// <summary>Maps a page. A form also sends its empty fields, so the reader is redirected to the address without them.</summary>
    internal static void MapPage(this IEndpointRouteBuilder routes, string pattern, string summary, Func<ReadCall, Task> read) =>
        routes.MapRead(pattern, summary, call =>
        {
            var request = call.Context.Request;
            if (request.Query.Any(p => p.Value is [null or ""]))
            {
                var kept = request.Query.Where(p => p.Value is not [null or ""]).SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v));
                call.Response.Headers.Location = request.Path + QueryString.Create(kept);
                call.Response.StatusCode = StatusCodes.Status303SeeOther;
                return Task.CompletedTask;
            }

            return read(call);
        }).ExcludeFromDescription();
}
