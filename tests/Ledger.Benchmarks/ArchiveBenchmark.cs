using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Server;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>An import of rows of Retraction Watch over HTTP, into a server in a process of its own with every projection following, and again.</summary>
internal static class ArchiveBenchmark
{
    private const int RowsPerPaper = 4;
    private const int Publishers = 200;
    private const string Header =
        "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,"
        + "OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n";

    private static readonly string[] Natures = ["Expression of concern", "Retraction", "Reinstatement", "Correction"];

    internal static async Task RunAsync(int records)
    {
        await using var postgres = await TestPostgres.StartAsync(AppendBenchmark.Settings);
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var server = await ServerProcess.ServeAsync(database);
        using var http = new HttpClient { BaseAddress = server.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RunningLedger.AdminKey);
        await using var log = NpgsqlDataSource.Create(database.OwnerConnectionString);
        var body = Encoding.UTF8.GetBytes(Rows(records));
        foreach (var name in (string[])["first import", "the same again"])
        {
            var watch = Stopwatch.StartNew();
            using var content = new ByteArrayContent(body);
            var answers = await (await http.PostAsync(new Uri("/v1/import?format=retraction-watch", UriKind.Relative), content)).Content.ReadAsStringAsync();
            var answered = watch.Elapsed.TotalSeconds;
            var total = JsonElement.Parse(answers[(answers.TrimEnd().LastIndexOf('\n') + 1)..]).GetProperty("total");
            await SettleAsync(log);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {records:N0} records, {records / answered:N0}/s; with all projections at the head {records / watch.Elapsed.TotalSeconds:N0}/s; the server held at most {server.PeakMemoryBytes / 1_000_000:N0} MB; {total}"));
        }
    }

    private static async Task SettleAsync(NpgsqlDataSource log)
    {
        while (await ProvenanceBenchmark.ProgressAsync(log) is var (head, slowest) && slowest < head)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>In no order: each paper has a concern and a retraction; one in a hundred a reinstatement and a correction, the others two more concerns.</summary>
    private static string Rows(int records)
    {
        var papers = records / RowsPerPaper;
        var rows = Enumerable.Range(1, records).Select(n =>
        {
            var (paper, step) = (n % papers, n / papers % RowsPerPaper);
            var nature = paper % 100 == 0 || step < 2 ? Natures[step] : Natures[0];
            return $"{n},A paper on the number {paper},(BLS) Biology;,University of {paper % 999},Journal {paper % 500},Press {paper % Publishers},Nowhere,Ann One;Bob Two,,Research Article;,"
                + $"{1 + (n % 12)}/{1 + (n % 28)}/{2011 + (3 * step)} 0:00,10.1000/notice.{n},0,2/1/2010 0:00,10.1000/Paper.{paper},0,{nature},+Error in Data;+Error in Analyses;,No,,\n";
        }).ToArray();
        new Random(1).Shuffle(rows);
        return Header + string.Concat(rows);
    }
}
