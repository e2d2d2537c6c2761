using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

public sealed class ArchiveImportTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ledger-archive").FullName;

    [Fact]
    public async Task An_archive_is_planned_imported_and_reported_in_cells_that_no_spreadsheet_runs()
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var cli = new Cli();
        var file = Path.Combine(_directory, "works.json");
        await File.WriteAllTextAsync(file, """
            [{"DOI": "10.1000/A", "title": ["A paper"], "publisher": "Gazette Press", "member": "1", "published": {"date-parts": [[2012, 3]]}},
             {"DOI": "10.1000/n", "publisher": "Gazette Press", "member": "1", "update-to": [{"DOI": "10.1000/a", "type": "retraction", "updated": {"date-parts": [[2014, 5, 1]]}}]},
             {"title": ["=1+1"]}]
            """);
        string[] import = ["import", "--format", "crossref", file, "--url", ledger.BaseAddress.ToString(), "--key", RunningLedger.AdminKey];
        var (csv, json) = (Path.Combine(_directory, "report.csv"), Path.Combine(_directory, "report.json"));

        var (_, planned) = await cli.RunAsync([.. import, "--plan"]);
        planned.ShouldContain("retractAssertion: 1");
        (await ledger.SettleAsync()).ShouldBe(0);

        var (exit, output) = await cli.RunAsync([.. import, "--report", csv]);
        exit.ShouldBe(ExitCodes.Failed, "one record is refused");
        output.ShouldContain("=1+1: DOI: The work has no DOI");
        (await File.ReadAllTextAsync(csv)).ShouldContain("\"'=1+1\",\"refused\"");
        var head = await ledger.SettleAsync();

        await cli.RunAsync([.. import, "--report", json]);
        JsonElement.Parse(await File.ReadAllTextAsync(json)).EnumerateArray().Select(r => r.GetProperty("status").GetString()).ShouldBe(["refused", "present", "present"], ignoreOrder: true);
        (await ledger.SettleAsync()).ShouldBe(head);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
