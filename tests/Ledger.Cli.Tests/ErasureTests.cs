using System.Net;
using System.Text.Json;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Cli.Tests;

public class ErasureTests
{
    private const string Canary = "Canarybird";

    [Fact]
    public async Task What_two_principals_erased_is_found_nowhere_and_all_else_still_verifies()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        var ledger = tampered.Ledger;
        await ledger.RecordAsync("/v1/parties", $$"""{"id": "person", "name": "{{Canary}} Jones", "kind": "person", "aliases": ["{{Canary}}"]}""");
        await ledger.RecordClaimAsync("c9", $"{Canary} was there", $$$"""
            , "figures": [{"name": "{{{Canary}}}s", "value": 3, "op": "=", "unit": "{{{Canary}}}"}], "scope": {"place": "{{{Canary}}} Street"}, "topics": ["{{{Canary}}}"],
            "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "{{{Canary}}} was", "prefix": "{{{Canary}}}", "suffix": "{{{Canary}}}"}}]
            """);
        var denial = await ledger.RecordAsync("/v1/assertions/c9/denials", $$"""
            {"party": "person", "statement": "{{Canary}} was not", "contests": {"part": "{{Canary}}"}, "concedes": "{{Canary}}", "ground": "{{Canary}}", "condition": "{{Canary}}", "citation": "{{Canary}}"}
            """);
        var last = denial.GetProperty("position").GetInt64();
        await tampered.SignedAsync(last);
        (await FoundAsync(tampered.Database)).ShouldNotBeEmpty("the search must be able to find it");
        using var cli = new Cli();
        var receipts = await ReceiptsAsync(cli, ledger, last);
        var approver = await ApproverAsync(ledger);

        foreach (var target in new[] { "\"assertion\": \"c9\"", "\"party\": \"person\"" })
        {
            var request = await ledger.RecordAsync("/v1/erasures", $$"""
                {{{target}}, "fields": ["name", "aliases", "proposition", "figures", "scope", "topics", "evidence", "selector", "statement", "contests", "concedes", "ground", "condition", "citation"], "legalBasis": "GDPR Art. 17(1)(a)"}
                """);
            (await ledger.Http.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            var approved = await approver.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), null);
            approved.StatusCode.ShouldBe(HttpStatusCode.OK, await approved.Content.ReadAsStringAsync());
            var answer = JsonElement.Parse(await approved.Content.ReadAsStringAsync());
            await tampered.SignedAsync(answer.GetProperty("position").GetInt64());
        }

        (await FoundAsync(tampered.Database)).ShouldBeEmpty();
        foreach (var path in new[]
        {
            "/v1/events?limit=1000", "/log/events/0", "/v1/assertions/c9", "/v1/assertions/c9/history", $"/v1/assertions/c9?asOf={last}", "/v1/assertions", $"/v1/assertions?asOf={last}",
            "/v1/parties/person", "/v1/parties",
        })
        {
            (await ledger.Http.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldNotContain(Canary, Case.Insensitive, path);
        }

        var (exit, report) = await cli.VerifyAsync(ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
        report.GetProperty("erased").EnumerateObject().Count().ShouldBe(4, "the claim, its evidence, the denial and the party");
        foreach (var receipt in receipts)
        {
            (await cli.RunAsync("verify-receipt", receipt)).Exit.ShouldBe(ExitCodes.Ok);
            File.Delete(receipt);
        }

        approver.Dispose();
    }

    [Fact]
    public async Task A_value_that_goes_without_an_erasure_in_the_log_is_tampering()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        var approver = await ApproverAsync(tampered.Ledger);
        var request = await tampered.Ledger.RecordAsync("/v1/erasures", """{"positions": [6], "fields": ["statement"], "legalBasis": "GDPR Art. 17(1)(a)"}""");
        (await approver.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), null)).EnsureSuccessStatusCode();
        await tampered.SignedAsync(8);

        await Superuser.RunAsync(tampered.Database, """update ledger.mt_events set data = data || '{"statement": "It is not so"}' where seq_id = 6""");

        await tampered.ShouldNameAsync("an erasure undone", 6);
        approver.Dispose();
    }

    private static async Task<HttpClient> ApproverAsync(RunningLedger ledger)
    {
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "Data protection", "scopes": ["erase:approve"]}""");
        return ledger.Client(key.GetProperty("secret").GetString());
    }

    private static async Task<List<string>> ReceiptsAsync(Cli cli, RunningLedger ledger, long last)
    {
        var files = new List<string>();
        for (var position = 1L; position <= last; position++)
        {
            var file = Path.Combine(Path.GetTempPath(), $"receipt-{Guid.CreateVersion7():n}.tlog-proof");
            (await cli.RunAsync("proof", $"{position}", "--output", file, "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
            files.Add(file);
        }

        return files;
    }

    /// <summary>The tables whose rows hold the canary in any column, whatever its case.</summary>
    private static async Task<List<string>> FoundAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select schemaname || '.' || tablename from pg_tables where schemaname like 'ledger%'", connection))
        await using (var row = await list.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
            {
                tables.Add(row.GetString(0));
            }
        }

        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var search = new NpgsqlCommand($"select exists (select from {table} t where t::text ilike '%{Canary}%')", connection);
            if (await search.ExecuteScalarAsync() is true)
            {
                found.Add(table);
            }
        }

        return found;
    }
}
