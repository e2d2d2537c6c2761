using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using AngleSharp.Html.Parser;
using CsvHelper;
using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Reads everything that a ledger holds in every format, each with a strict independent reader.</summary>
internal static class EveryFormat
{
    private const int WaitMs = 50;
    private const int WaitsMax = 600;

    private static readonly string[] Pages = ["/", "/assertions", "/on", "/docs"];

    /// <summary>Reads all lists, and the views of what is named.</summary>
    internal static async Task ReadAllAsync(RunningLedger ledger, Func<string, bool> isRead)
    {
        var assertions = await IdsAsync(ledger, "/v1/assertions");
        var sources = await IdsAsync(ledger, "/v1/sources");
        var parties = await IdsAsync(ledger, "/v1/parties");
        var head = await ledger.Store.HeadAsync();
        List<(string Path, string? Accept)> reads =
        [
            .. Pages.Select(p => (p, (string?)"text/html")),
            ("/feeds/corrections.atom", null), ("/feeds/corrections.json", null), ("/v1/unanswered?limit=500", null), ("/v1/changes?from=0", null), ("/v1/audit?limit=1000", null), ("/v1/audit?limit=1000", "text/csv"),
            ("/v1/export", null), ("/v1/export?format=datafeed", null), ("/v1/export?format=csv", null), ("/v1/events?limit=1000", null), ("/v1/keys", null), ("/v1/subscriptions", null),
            ("/v1/erasures", null), ("/v1/status?source=telegraph-print", null), ("/log/events/000", null),
            .. Enumerable.Range(1, (int)head).Where(p => p % 25 == 0).Select(p => ($"/v1/proofs/{p}", (string?)null)),
        ];
        foreach (var id in assertions.Where(isRead))
        {
            reads.AddRange([($"/v1/assertions/{id}", null), ($"/v1/assertions/{id}/history", null), ($"/v1/assertions/{id}/provenance", null), ($"/v1/assertions/{id}/provenance", "application/ld+json"),
                ($"/v1/assertions/{id}/provenance", "application/prov+json"), ($"/timemap/assertions/{id}", null), ($"/assertions/{id}", "text/html"), ($"/badge/assertions/{id}.svg", null), ($"/embed/assertions/{id}", "text/html")]);
        }

        foreach (var id in sources.Where(s => isRead(s) && s != "telegraph-online"))
        {
            reads.AddRange([($"/v1/sources/{id}", null), ($"/v1/sources/{id}/versions", null), ($"/v1/sources/{id}/comparison?with=telegraph-online", null), ($"/sources/{id}", "text/html"),
                ($"/sources/{id}/comparison?with=telegraph-online", "text/html"), ($"/badge/sources/{id}.svg", null), ($"/timemap/sources/{id}", null)]);
        }

        foreach (var id in parties.Where(isRead))
        {
            reads.AddRange([($"/v1/parties/{id}", null), ($"/parties/{id}", "text/html")]);
        }

        foreach (var id in assertions.Where(isRead).Take(20))
        {
            reads.AddRange([($"/v1/certificates?assertion={id}", null), ($"/v1/certificates?assertion={id}", "text/html"), ($"/v1/assertions/{id}/diff", null)]);
        }

        reads.Count.ShouldBeGreaterThan(500);
        await SignedAsync(ledger, head);
        await Parallel.ForEachAsync(reads, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (read, _) => await ReadAsync(ledger.Http, read.Path, read.Accept));
        await FollowAsync(ledger, head);
    }

    private static async Task ReadAsync(HttpClient client, string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, $"{path}: {text}");
        try
        {
            Parse(response.Content.Headers.ContentType!.MediaType!, text);
        }
        catch (Exception e) when (e is JsonException or XmlException or CsvFormatException or HtmlParseException or FormatException)
        {
            throw new InvalidDataException($"{path} as {accept ?? "it comes"} cannot be read", e);
        }
    }

    private static void Parse(string type, string text)
    {
        switch (type)
        {
            case "application/atom+xml" or "image/svg+xml":
                XDocument.Parse(text);
                break;
            case "application/x-ndjson":
                foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    JsonElement.Parse(line);
                }

                break;
            case "text/csv":
                ParseCsv(text);
                break;
            case "text/html":
                new HtmlParser(new() { IsStrictMode = true }).ParseDocument(text).Title.ShouldNotBeNullOrEmpty();
                break;
            case "application/link-format":
                text.ShouldContain("rel=\"original\"");
                break;
            case "text/plain":
                var receipt = text.Split('\n');
                receipt[0].ShouldStartWith("c2sp.org/tlog-proof");
                JsonElement.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(receipt[1]["extra ".Length..])));
                break;
            default:
                type.ShouldEndWith("json");
                JsonElement.Parse(text);
                break;
        }
    }

    /// <summary>RFC 4180: every record has as many fields as the first.</summary>
    private static void ParseCsv(string text)
    {
        using var reader = CsvReader.FromText(text, new() { FieldCountMismatch = CsvFieldCountHandling.Throw, MalformedData = CsvMalformedDataHandling.Throw });
        var records = 0;
        while (reader.Read())
        {
            records++;
        }

        records.ShouldBeGreaterThan(1);
    }

    /// <summary>Waits until the head is signed, so that each event has a receipt.</summary>
    private static async Task SignedAsync(RunningLedger ledger, long head)
    {
        var size = 0L;
        for (var waited = 0; size < head && waited < WaitsMax; waited++)
        {
            await Task.Delay(WaitMs);
            var checkpoint = await ledger.Http.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative));
            size = long.Parse(checkpoint.Split('\n')[1], CultureInfo.InvariantCulture);
        }

        size.ShouldBeGreaterThanOrEqualTo(head);
    }

    private static async Task FollowAsync(RunningLedger ledger, long head)
    {
        using var reading = new StreamReading(ledger, "/v1/events/stream?after=0", asPublic: false);
        for (var waited = 0; reading.Events.Count < head && waited < WaitsMax; waited++)
        {
            await Task.Delay(WaitMs);
        }

        var events = reading.Events;
        events.Count.ShouldBe((int)head);
        foreach (var (_, data) in events)
        {
            JsonElement.Parse(data);
        }
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(RunningLedger ledger, string path)
    {
        var ids = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await ledger.ReadAsync($"{path}?limit=200{cursor}", asPublic: false);
            ids.AddRange(page.Ids());
            cursor = page.TryGetProperty("next", out var next) ? $"&cursor={next.GetString()}" : null;
        }

        return ids;
    }
}
