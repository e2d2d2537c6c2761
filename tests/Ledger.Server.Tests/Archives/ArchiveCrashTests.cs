using System.Globalization;
using System.Text;
using Ledger.Testing;
using static Ledger.Server.Tests.Archives.Archive;

namespace Ledger.Server.Tests.Archives;

public class ArchiveCrashTests
{
    private const int RecordsInCi = 2_000;
    private const int Kills = 3;

    /// <summary>100,000 for the long form (docs/benchmarks.md).</summary>
    private static int Records => int.Parse(Environment.GetEnvironmentVariable("LEDGER_ARCHIVE_RECORDS") ?? $"{RecordsInCi}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task An_import_killed_three_times_and_run_again_loses_nothing_and_repeats_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        var body = Encoding.UTF8.GetBytes(Generate(Records, Records / 4));
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.ServeAsync(database);
            using var client = new HttpClient { BaseAddress = server.BaseAddress, Timeout = TimeSpan.FromMinutes(30) };
            client.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
            using var content = new ByteArrayContent(body);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/import?format=retraction-watch") { Content = content };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var answers = new StreamReader(await response.Content.ReadAsStreamAsync());
            for (var line = 0; line < kill * Records / (Kills + 1); line++)
            {
                (await answers.ReadLineAsync()).ShouldNotBeNull();
            }

            await server.KillAsync();
        }

        await using var ledger = await RunningLedger.StartAsync(database);
        ledger.Http.Timeout = TimeSpan.FromMinutes(30);
        var (records, total) = await ImportAsync(ledger.Http, "retraction-watch", body);

        records.Count.ShouldBe(Records);
        Count(total, "refused").ShouldBe(0, records.FirstOrDefault(r => Status(r) == "refused").ToString());
        Count(total, "present").ShouldBeGreaterThan(Records / 4);
        var head = await ledger.SettleAsync();
        head.ShouldBe(Records + (3 * Records / 4) + Math.Min(50, Records / 4), "one event per row; source, version and claim of each paper; the publishers");
        var (_, again) = await ImportAsync(ledger.Http, "retraction-watch", body);
        Count(again, "present").ShouldBe(Records);
        (await ledger.SettleAsync()).ShouldBe(head);
    }
}
