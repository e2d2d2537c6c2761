using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The whole ledger at a moment, streamed: every event as a CloudEvent a line, every claim as a schema.org feed, or every notice as CSV.</summary>
internal static class ExportRoute
{
    /// <summary>Assertions folded by one query.</summary>
    private const int AssertionsPage = 200;

    private const int EventsPage = 1_000;

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/v1/export", "Export the ledger", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var format = call.Query.Word("format", ["ndjson", "datafeed", "csv", "claimreview", "ninjs", "retraction-watch", "crossref"]) ?? "ndjson";
        var point = await call.PointAsync();
        call.Query.Done();
        if (format != "ndjson")
        {
            await call.Service<ProjectionPositions>().ForAsync(DocumentProjection.ProgressName, point.Position, 0, call.Cancelled);
        }

        call.Response.Headers["Ledger-Position"] = point.Position.ToString(CultureInfo.InvariantCulture);
        await (format switch
        {
            "ndjson" => EventsAsync(call, point),
            "datafeed" => DataFeedAsync(call, point),
            "claimreview" => ReviewsAsync(call, point),
            "ninjs" => ListAsync(call, point, "application/json", "[", "]", NinjsExport.OfAsync),
            "retraction-watch" => RetractionWatchAsync(call, point),
            "crossref" => CrossrefAsync(call, point),
            _ => NoticesAsync(call, point),
        });
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

    private static async Task DataFeedAsync(ReadCall call, ReadPoint point)
    {
        call.Response.ContentType = "application/ld+json";
        var root = new Uri($"{call.Context.Request.Scheme}://{call.Context.Request.Host}/v1/");
        var body = call.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes($$"""{"@context":"{{SchemaOrg.Context}}","@type":"DataFeed","name":"Claims Ledger","dataFeedElement":["""));
        var first = true;
        await foreach (var state in StatesAsync(call, point))
        {
            foreach (var node in SchemaOrg.Reviews(state, root).Prepend(SchemaOrg.Claim(state, root)))
            {
                var item = new JsonObject
                {
                    ["@type"] = "DataFeedItem", ["dateCreated"] = WireTime.Format(state.Claim!.RecordedAt), ["dateModified"] = WireTime.Format(state.RecordedAt), ["item"] = node,
                };
                body.Write(first ? ""u8 : ",\n"u8);
                body.Write(Encoding.UTF8.GetBytes(item.ToJsonString(DomainJson.Stored)));
                first = false;
            }

            await body.FlushAsync(call.Cancelled);
        }

        body.Write("]}"u8);
        await body.FlushAsync(call.Cancelled);
    }

    private static Task ReviewsAsync(ReadCall call, ReadPoint point) => ListAsync(call, point, "application/ld+json",
        $$"""{"@context":"{{SchemaOrg.Context}}","@type":"DataFeed","name":"Claims Ledger: published reviews","dataFeedElement":[""", "]}", ClaimReviewExport.OfAsync);

    /// <summary>What is made of each page of assertions, as one list in JSON.</summary>
    private static async Task ListAsync(
        ReadCall call, ReadPoint point, string mediaType, string before, string after, Func<ReadCall, IReadOnlyList<Assertion>, ReadPoint, Task<IReadOnlyList<JsonObject>>> itemsOf)
    {
        call.Response.ContentType = mediaType;
        var body = call.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes(before));
        var first = true;
        await foreach (var page in StatePagesAsync(call, point))
        {
            foreach (var item in await itemsOf(call, page, point))
            {
                body.Write(first ? ""u8 : ",\n"u8);
                body.Write(Encoding.UTF8.GetBytes(item.ToJsonString(DomainJson.Stored)));
                first = false;
            }

            await body.FlushAsync(call.Cancelled);
        }

        body.Write(Encoding.UTF8.GetBytes(after));
        await body.FlushAsync(call.Cancelled);
    }

    private static async Task NoticesAsync(ReadCall call, ReadPoint point)
    {
        call.Response.ContentType = "text/csv; charset=utf-8";
        var body = call.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes(NoticeCsv.Header));
        await foreach (var state in StatesAsync(call, point))
        {
            foreach (var row in NoticeCsv.Rows(state))
            {
                body.Write(Encoding.UTF8.GetBytes(row));
            }

            await body.FlushAsync(call.Cancelled);
        }
    }

    private static async Task RetractionWatchAsync(ReadCall call, ReadPoint point)
    {
        call.Response.ContentType = "text/csv; charset=utf-8";
        var body = call.Response.BodyWriter;
        body.Write(Encoding.UTF8.GetBytes(PaperExport.Header));
        await foreach (var paper in PapersAsync(call, point))
        {
            foreach (var row in paper.Rows())
            {
                body.Write(Encoding.UTF8.GetBytes(row));
            }

            await body.FlushAsync(call.Cancelled);
        }
    }

    private static async Task CrossrefAsync(ReadCall call, ReadPoint point)
    {
        call.Response.ContentType = "application/json";
        var body = call.Response.BodyWriter;
        body.Write("""{"status":"ok","message-type":"work-list","message":{"items":["""u8);
        var first = true;
        await foreach (var paper in PapersAsync(call, point))
        {
            if (paper.Work() is { } work)
            {
                body.Write(first ? ""u8 : ",\n"u8);
                body.Write(Encoding.UTF8.GetBytes(work.ToJsonString(DomainJson.Stored)));
                first = false;
                await body.FlushAsync(call.Cancelled);
            }
        }

        body.Write("]}}"u8);
        await body.FlushAsync(call.Cancelled);
    }

    /// <summary>Every assertion with the work that states it, as far as the reader may see and the moment knows both.</summary>
    private static async IAsyncEnumerable<PaperExport> PapersAsync(ReadCall call, ReadPoint point)
    {
        await foreach (var page in StatePagesAsync(call, point))
        {
            var sources = (await SourceView.AllAtAsync(call, [.. page.Select(s => ProvenanceGraph.Claim(s).Source.Id).Distinct(StringComparer.Ordinal)], point)).ToDictionary(s => s.Id, StringComparer.Ordinal);
            foreach (var state in page)
            {
                if (sources.TryGetValue(ProvenanceGraph.Claim(state).Source.Id, out var source))
                {
                    var publisher = (StreamState.OfParty)await call.States.KnownAsync(Ids.PartyStream(source.Publisher), s => s.Version > 0, call.Cancelled);
                    yield return new(state, source, publisher.State.Entry?.Name ?? source.Publisher);
                }
            }
        }
    }

    private static async IAsyncEnumerable<Assertion> StatesAsync(ReadCall call, ReadPoint point)
    {
        await foreach (var page in StatePagesAsync(call, point))
        {
            foreach (var state in page)
            {
                yield return state;
            }
        }
    }

    /// <summary>Every assertion at a moment, in the order of recording, a bounded number in memory.</summary>
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
}
