using System.Text;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests.Archives;

/// <summary>Sends archives to a ledger, and makes some.</summary>
internal static class Archive
{
    internal const string Header =
        "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,RetractionPubMedID,"
        + "OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n";

    /// <summary>The answers, a record each, and the totals.</summary>
    internal static Task<(List<JsonElement> Records, JsonElement Total)> ImportAsync(RunningLedger ledger, string format, string text, string more = "") =>
        ImportAsync(ledger.Http, format, Encoding.UTF8.GetBytes(text), more);

    internal static async Task<(List<JsonElement> Records, JsonElement Total)> ImportAsync(HttpClient http, string format, byte[] body, string more = "")
    {
        using var content = new ByteArrayContent(body);
        var response = await http.PostAsync(new Uri($"/v1/import?format={format}{more}", UriKind.Relative), content);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToList();
        response.IsSuccessStatusCode.ShouldBeTrue(lines[0].ToString());
        var total = lines[^1].GetProperty("total");
        total.GetProperty("records").GetInt64().ShouldBe(lines.Count - 1);
        (Count(total, "recorded") + Count(total, "present") + Count(total, "refused")).ShouldBe(lines.Count - 1);
        return (lines[..^1], total);
    }

    internal static long Count(JsonElement total, string status) => total.GetProperty(status).GetInt64();

    internal static string Status(JsonElement answer) => answer.GetProperty("status").GetString()!;

    /// <summary>A row of the public file.</summary>
    internal static string Row(
        int id, string nature, string date, string doi, string? title = null, string? pubMed = null, string? retractionDoi = null, string reason = "+Error in Data;",
        string publisher = "Gazette Press", string published = "2/1/2010 0:00", string author = "Ann One;Bob Two", string notes = "") =>
        $"{id},{title ?? $"Paper {doi}"},(BLS) Biology;,University of Nowhere,Journal of Tests,{publisher},Nowhere,{author},,Research Article;,{date},"
        + $"{retractionDoi ?? $"10.1000/notice.{id}"},0,{published},{doi},{pubMed ?? "0"},{nature},{reason},No,{notes},\n";

    /// <summary>
    /// Many rows in no order of dates: each paper has a concern and a retraction; one in ten a reinstatement and a correction after it, the others two
    /// more concerns.
    /// </summary>
    internal static string Generate(int records, int papers)
    {
        var random = new Random(17);
        string[] natures = ["Expression of concern", "Retraction", "Reinstatement", "Correction"];
        var rows = Enumerable.Range(1, records).Select(n =>
        {
            var (paper, step) = (n % papers, n / papers % natures.Length);
            var nature = paper % 10 == 0 || step < 2 ? natures[step] : natures[0];
            return Row(n, nature, $"{1 + (n % 12)}/{1 + (n % 28)}/{2011 + (3 * step)} 0:00", $"10.1000/Paper.{paper}", publisher: $"Press {paper % 50}", author: $"\"One, A.;Two, B.\"");
        }).ToArray();
        random.Shuffle(rows);
        return Header + string.Concat(rows);
    }
}
