using System.Net;
using System.Text.Json;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Cli.Tests;

public class ErasureTests
{
    private const string Canary = "Canarybird";
    private const int VacuumsMax = 10;

    /// <summary>Every top-level field in which people write.</summary>
    private const string Fields = """
        ["name", "kind", "aliases", "proposition", "attribution", "figures", "scope", "language", "topics", "selector", "differences",
         "statement", "contests", "concedes", "ground", "condition", "citation"]
        """;

    /// <summary>Ids, words of closed sets and times: they name nobody, and cannot be erased.</summary>
    private static readonly string[] NoTexts =
    [
        "source.id", "sourceVersion.id", "publisher", "part", "modality", "figures.op", "selector.type", "to", "relation", "basis", "linkedBy", "party", "reaffirms",
        "publishedAt.value", "publishedAt.basis", "publishedAt.from", "publishedAt.to",
    ];

    [Fact]
    public async Task What_two_principals_erased_is_found_nowhere_and_all_else_still_verifies()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        var ledger = tampered.Ledger;
        await using var node = await ServerProcess.ServeAsync(tampered.Database);
        using var other = new HttpClient { BaseAddress = node.BaseAddress };
        var last = await RecordAsync(ledger);
        await ledger.SettleAsync();
        await tampered.SignedAsync(last);
        await SqlAsync(tampered.Database, "analyze");
        (await TablesAsync(tampered.Database)).ShouldNotBeEmpty("the search must be able to find it");
        (await FilesAsync(tampered.Database)).ShouldNotBeEmpty("the search must be able to find it");
        var shown = 0;
        foreach (var path in Pages(last))
        {
            shown += (await ReadAsync(ledger.Http, path)).Contains(Canary, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            await ReadAsync(other, path); // The other node has it in its memory now.
        }

        shown.ShouldBeGreaterThan(10, "the pages show the words before their erasure");
        using var cli = new Cli();
        var receipts = await ReceiptsAsync(cli, ledger, last);

        await EraseAsync(tampered);

        (await TablesAsync(tampered.Database)).ShouldBeEmpty();
        (await DumpAsync(tampered.Database)).ShouldNotContain(Canary, Case.Insensitive);
        foreach (var path in Pages(last))
        {
            (await ReadAsync(ledger.Http, path)).ShouldNotContain(Canary, Case.Insensitive, path);
        }

        // The memory of other nodes follows within a second.
        await Task.Delay(TimeSpan.FromSeconds(1));
        foreach (var path in Pages(last))
        {
            (await ReadAsync(other, path)).ShouldNotContain(Canary, Case.Insensitive, path);
        }

        node.Output.ShouldNotContain(Canary, Case.Insensitive);
        (await PostgresLogAsync(tampered.Database)).ShouldNotContain(Canary, Case.Insensitive);
        foreach (var file in Directory.EnumerateFiles(tampered.DataDirectory, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(file)).ShouldNotContain(Canary, Case.Insensitive, file);
        }

        // The steps of docs/security.md remove the words from the dead rows, the indexes and the planner's statistics too.
        // A row that a running transaction may still see is not removed, so the steps are repeated.
        for (var attempt = 1; attempt < VacuumsMax && (await VacuumedAsync(tampered.Database)).Count > 0; attempt++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        (await VacuumedAsync(tampered.Database)).ShouldBeEmpty();

        var (exit, report) = await cli.VerifyAsync(ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
        report.GetProperty("erased").EnumerateObject().Count().ShouldBe(5, "the claim, its evidence, its link, the denial and the party");
        var head = report.GetProperty("size").GetInt64();
        report.GetProperty("withheld").GetInt64().ShouldBe(1, "the creation of the approver's key, which only auditors see");
        report.GetProperty("intact").GetInt64().ShouldBe(head - 6);
        foreach (var receipt in receipts)
        {
            (await cli.RunAsync("verify-receipt", receipt)).Exit.ShouldBe(ExitCodes.Ok);
            File.Delete(receipt);
        }

        var (_, past) = await ledger.GetAsync($"/v1/assertions/c9?asOf={last}");
        past.GetProperty("proposition").GetString().ShouldBe("[erased]");
        var (_, history) = await ledger.GetAsync("/v1/assertions/c9/history");
        history.GetProperty("entries").EnumerateArray().Last().GetProperty("data").GetProperty("legalBasis").GetString().ShouldBe("GDPR Art. 17(1)(a)");
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

    private static async Task<long> RecordAsync(RunningLedger ledger)
    {
        await ledger.RecordAsync("/v1/subscriptions", """{"id": "partner", "name": "Partner", "delivery": {"kind": "webhook", "url": "http://127.0.0.1:9/nobody-listens"}, "from": 0}""");
        await ledger.RecordAsync("/v1/parties", $$"""{"id": "person", "name": "{{Canary}} Jones", "kind": "{{Canary}}", "aliases": ["{{Canary}}"]}""");
        await ledger.RecordAsync("/v1/assertions", $$$"""
            {"id": "c9", "proposition": "{{{Canary}}} was there", "source": {"id": "report", "version": 1}, "language": "{{{Canary}}}", "topics": ["{{{Canary}}}"],
             "attribution": [{"description": "{{{Canary}}} says", "role": "{{{Canary}}}"}],
             "figures": [{"name": "{{{Canary}}}s", "value": 3, "op": "=", "unit": "{{{Canary}}}"}], "scope": {"place": "{{{Canary}}} Street"},
             "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "{{{Canary}}} was", "prefix": "{{{Canary}}}", "suffix": "{{{Canary}}}"}}],
             "links": [{"to": "c1", "relation": "restates", "basis": "inferred", "differences": [{"field": "scope.place", "theirs": "{{{Canary}}}", "ours": "{{{Canary}}}"}]}]}
            """, key: $"{Canary}-1");
        var denial = await ledger.RecordAsync("/v1/assertions/c9/denials", $$"""
            {"party": "person", "statement": "{{Canary}} was not", "contests": {"part": "{{Canary}}"}, "concedes": "{{Canary}}", "ground": "{{Canary}}", "condition": "{{Canary}}", "citation": "{{Canary}}"}
            """, key: $"{Canary}-2");
        var last = denial.GetProperty("position").GetInt64();
        for (var position = 8; position <= last; position++)
        {
            var (_, page) = await ledger.GetAsync($"/v1/events?after={position - 1}&limit=1");
            foreach (var (path, text) in Texts(page.GetProperty("events")[0].GetProperty("data"), ""))
            {
                (text.Contains(Canary, StringComparison.Ordinal) || NoTexts.Contains(path)).ShouldBeTrue($"{path} of event {position} has no canary: write one there");
            }
        }

        return last;
    }

    private static IEnumerable<(string Path, string Text)> Texts(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Where(m => !(path == "differences" && m.Name == "field"))
            .SelectMany(m => Texts(m.Value, path.Length == 0 ? m.Name : $"{path}.{m.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Texts(item, path)),
        JsonValueKind.String => [(path, json.GetString()!)],
        _ => [],
    };

    private static string[] Pages(long last) =>
    [
        "/v1/events?limit=1000", "/log/events/0", "/v1/assertions/c9", "/v1/assertions/c9/history", $"/v1/assertions/c9?asOf={last}", $"/v1/assertions/c9?asOf={last}&knownAt=2030",
        "/v1/assertions/c9/diff", "/v1/assertions/c9/provenance", "/v1/assertions", $"/v1/assertions?asOf={last}", $"/v1/assertions?q={Canary}", $"/v1/assertions?topic={Canary}",
        "/v1/sources/report", "/v1/status?source=report", "/v1/changes", "/v1/unanswered", "/v1/parties/person", "/v1/parties", "/v1/audit?limit=1000",
        "/v1/export?format=ndjson", "/v1/export?format=datafeed", "/v1/export?format=csv", "/feeds/corrections.atom", "/feeds/corrections.json",
        "/v1/certificates?assertion=c9", "/v1/subscriptions/partner", "/v1/subscriptions/partner/deliveries?limit=1000", "/timemap/assertions/c9", $"/v1/proofs/{last}", "/v1/erasures", "/health/ready",
    ];

    /// <summary>What a reader sees, without the question, which an answer may repeat. The event inside a receipt is decoded.</summary>
    private static async Task<string> ReadAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        return Transparency.EventReceipt.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var receipt, out _)
            ? System.Text.Encoding.UTF8.GetString(receipt.Event.Data.Span)
            : text.Replace(path, "", StringComparison.Ordinal).Replace(path.Replace("&", "\\u0026", StringComparison.Ordinal), "", StringComparison.Ordinal);
    }

    private static async Task EraseAsync(TamperedLedger tampered)
    {
        using var approver = await ApproverAsync(tampered.Ledger);
        foreach (var target in new[] { "\"assertion\": \"c9\"", "\"party\": \"person\"" })
        {
            var request = await tampered.Ledger.RecordAsync("/v1/erasures", $$"""{{{target}}, "fields": {{Fields}}, "legalBasis": "GDPR Art. 17(1)(a)"}""");
            var approval = new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative);
            (await tampered.Ledger.Http.PostAsync(approval, null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            var approved = await approver.PostAsync(approval, null);
            approved.StatusCode.ShouldBe(HttpStatusCode.OK, await approved.Content.ReadAsStringAsync());
            await tampered.SignedAsync(JsonElement.Parse(await approved.Content.ReadAsStringAsync()).GetProperty("position").GetInt64());
        }
    }

    /// <summary>The tables whose rows hold the canary in any column, whatever its case.</summary>
    private static async Task<List<string>> TablesAsync(TestDatabase database)
    {
        var found = new List<string>();
        foreach (var table in await SqlAsync(database, "select schemaname || '.' || tablename from pg_tables where schemaname like 'ledger%'"))
        {
            found.AddRange(await SqlAsync(database, $"select '{table}' from {table} t where t::text ilike '%{Canary}%' limit 1"));
        }

        return found;
    }

    private static async Task<List<string>> VacuumedAsync(TestDatabase database)
    {
        await SqlAsync(database, "vacuum (full, analyze)", "vacuum full pg_catalog.pg_statistic", "checkpoint");
        return await FilesAsync(database);
    }

    /// <summary>The files of the database (tables, indexes, the planner's statistics) that hold the canary.</summary>
    private static async Task<List<string>> FilesAsync(TestDatabase database)
    {
        await SqlAsync(database, "checkpoint");
        var directory = (await SqlAsync(database, "select current_setting('data_directory') || '/base/' || oid from pg_database where datname = current_database()"))[0];
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            if (text.Contains(Canary, StringComparison.OrdinalIgnoreCase))
            {
                var name = Path.GetFileName(file);
                var node = name.Split('.', '_')[0];
                found.Add($"{name}: {string.Join(' ', await SqlAsync(database, $"select coalesce(pg_filenode_relation(0, {node})::text, 'no relation')"))}");
            }
        }

        return found;
    }

    /// <summary>What a dump carries of every table, by the COPY that pg_dump itself sends: npm's PostgreSQL brings no pg_dump.</summary>
    private static async Task<string> DumpAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var dump = new System.Text.StringBuilder();
        foreach (var table in await SqlAsync(database, "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"))
        {
            using var rows = await connection.BeginTextExportAsync($"copy {table} to stdout");
            dump.Append(await rows.ReadToEndAsync());
        }

        dump.ToString().ShouldContain("claim_recorded", Case.Sensitive, "it is a dump of the log");
        return dump.ToString();
    }

    private static async Task<string> PostgresLogAsync(TestDatabase database)
    {
        var data = (await SqlAsync(database, "show data_directory"))[0];
        await using var file = new FileStream(Path.Combine(Path.GetDirectoryName(data)!, "log", "postgres.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    private static async Task<List<string>> SqlAsync(TestDatabase database, params string[] statements)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var rows = new List<string>();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                rows.Add(row.GetString(0));
            }
        }

        return rows;
    }
}
