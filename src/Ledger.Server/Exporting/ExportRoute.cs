using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Streams the whole ledger at a moment: every event as a CloudEvent, one per line, or its assertions in a format of the field.</summary>
internal static class ExportRoute
{
    /// <summary>The number of assertions folded by one query.</summary>
    private const int AssertionsPage = 200;

    private const int EventsPage = 1_000;
    private const string Events = "ndjson";
    private const string Csv = "text/csv; charset=utf-8";
    private const string LinkedData = "application/ld+json";
    private const string JsonSeparator = ",\n";

    /// <summary>The formats that are made from the assertions.</summary>
    private static readonly Dictionary<string, Format> OfAssertions = new(StringComparer.Ordinal)
    {
        ["datafeed"] = new(LinkedData, $$"""{"@context":"{{SchemaOrg.Context}}","@type":"DataFeed","name":"Claims Ledger","dataFeedElement":[""", JsonSeparator, "]}", ClaimsAsync),
        ["claimreview"] = new(LinkedData, $$"""{"@context":"{{SchemaOrg.Context}}","@type":"DataFeed","name":"Claims Ledger: published reviews","dataFeedElement":[""", JsonSeparator, "]}",
            async (call, page, point) => Json(await ClaimReviewExport.OfAsync(call, page, point))),
        ["ninjs"] = new("application/json", "[", JsonSeparator, "]", async (call, page, point) => Json(await NinjsExport.OfAsync(call, page, point))),
        ["crossref"] = new("application/json", """{"status":"ok","message-type":"work-list","message":{"items":[""", JsonSeparator, "]}}",
            async (call, page, point) => Json((await PaperExport.OfAsync(call, page, point)).Select(p => p.Work()).OfType<JsonObject>())),
        ["retraction-watch"] = new(Csv, PaperExport.Header, "", "", async (call, page, point) => (await PaperExport.OfAsync(call, page, point)).SelectMany(p => p.Rows())),
        ["csv"] = new(Csv, NoticeCsv.Header, "", "", (_, page, _) => Task.FromResult(page.SelectMany(NoticeCsv.Rows))),
    };

    /// <summary>The names of the formats; the first is the default.</summary>
    internal static IReadOnlyList<string> Formats { get; } = [Events, .. OfAssertions.Keys];

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/v1/export", "Export the ledger", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var format = call.Query.Word("format", Formats) ?? Events;
        var point = await call.PointAsync();
        call.Query.Done();
        if (format != Events)
        {
            await call.Service<ProjectionPositions>().ForAsync(DocumentProjection.ProgressName, point.Position, 0, call.Cancelled);
        }

        call.Response.Headers["Ledger-Position"] = point.Position.ToString(CultureInfo.InvariantCulture);
        await (format == Events ? EventsAsync(call, point) : AssertionsAsync(call, point, OfAssertions[format]));
    }

    private static async Task EventsAsync(ReadCall call, ReadPoint point)
    {
        call.Response.ContentType = "application/x-ndjson";
        var (body, source, restricted) = (call.Response.BodyWriter, call.Service<LedgerIdentity>().Uri, await call.RestrictedAsync());
        for (var after = 0L; after < point.Position;)
        {
            var page = await call.Store.ReadFeedAsync(after, EventsPage, FeedFilter.All, call.Cancelled);
            foreach (var e in page.Events.Where(e => e.Position <= point.Position && !restricted.Hides(e) && (point.KnownAt is null || point.Counts(e.ToDomain()))))
            {
                body.Write(CloudEvent.Serialize(e, source));
                body.Write("\n"u8);
            }

            after = page.Next;
            await body.FlushAsync(call.Cancelled);
        }
    }

    private static async Task AssertionsAsync(ReadCall call, ReadPoint point, Format format)
    {
        call.Response.ContentType = format.MediaType;
        var body = call.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes(format.Begin));
        var separator = Encoding.UTF8.GetBytes(format.Separator);
        var isFirst = true;
        await foreach (var page in StatePagesAsync(call, point))
        {
            foreach (var item in await format.ItemsOf(call, page, point))
            {
                body.Write(isFirst ? [] : separator);
                body.Write(Encoding.UTF8.GetBytes(item));
                isFirst = false;
            }

            await body.FlushAsync(call.Cancelled);
        }

        body.Write(Encoding.UTF8.GetBytes(format.End));
        await body.FlushAsync(call.Cancelled);
    }

    private static IEnumerable<string> Json(IEnumerable<JsonObject> items) => items.Select(i => i.ToJsonString(DomainJson.Stored));

    private static Task<IEnumerable<string>> ClaimsAsync(ReadCall call, IReadOnlyList<Assertion> page, ReadPoint point)
    {
        var root = call.Root;
        return Task.FromResult(Json(
            from state in page
            from node in SchemaOrg.Reviews(state, root).Prepend(SchemaOrg.Claim(state, root))
            select new JsonObject
            {
                ["@type"] = "DataFeedItem", ["dateCreated"] = WireTime.Format(state.Claim!.RecordedAt), ["dateModified"] = WireTime.Format(state.RecordedAt), ["item"] = node,
            }));
    }

    /// <summary>Every assertion at a moment, in the order of recording, with a bounded number in memory.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<Assertion>> StatePagesAsync(ReadCall call, ReadPoint point)
    {
        var restricted = await call.RestrictedAsync();
        List<(long Position, string Id)> page;
        for (var after = 0L; (page = await PageAsync(call, after, point.Position)).Count > 0; after = page[^1].Position)
        {
            var states = await SourceAssertions.FoldAsync(call, [.. page.Select(p => p.Id)], point);
            yield return [.. page.Where(p => states.ContainsKey(p.Id)).Select(p => states[p.Id]).Where(s => !restricted.Hides(s.Id, ProvenanceGraph.Claim(s).Source.Id))];
        }
    }

    private static async Task<List<(long Position, string Id)>> PageAsync(ReadCall call, long after, long position)
    {
        await using var command = call.Store.DataSource.CreateCommand(
            "select from_pos, assertion from ledger_read.claim where from_pos > $1 and from_pos <= $2 order by from_pos limit $3");
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = AssertionsPage });
        await using var reader = await command.ExecuteReaderAsync(call.Cancelled);
        var page = new List<(long, string)>();
        while (await reader.ReadAsync(call.Cancelled))
        {
            page.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return page;
    }

    /// <summary>How an export is written: what comes first, between items and last, and the items of a page of assertions.</summary>
    private sealed record Format(
        string MediaType, string Begin, string Separator, string End, Func<ReadCall, IReadOnlyList<Assertion>, ReadPoint, Task<IEnumerable<string>>> ItemsOf);
}
