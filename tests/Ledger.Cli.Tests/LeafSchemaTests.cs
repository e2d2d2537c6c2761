using System.Text;
using Ledger.Testing;
using Ledger.Transparency;

namespace Ledger.Cli.Tests;

/// <summary>A log that began before leaves committed to headers: its first events have leaves of schema 1, the later ones of schema 2.</summary>
public class LeafSchemaTests
{
    [Fact]
    public async Task A_log_that_began_under_the_first_schema_keeps_its_root_and_is_still_signed()
    {
        await using var tampered = await StartAsync();
        var ledger = tampered.Ledger;
        using var cli = new Cli();
        (await cli.VerifyAsync(ledger)).Exit.ShouldBe(ExitCodes.Ok);
        await ledger.RecordClaimAsync("c3");
        await tampered.SignedAsync(8);
        (await SchemasAsync(ledger, 8)).ShouldBe([1, 1, 1, 1, 1, 1, 1, 2]);
        (await FormatAsync(ledger, 7)).ShouldContain("claims-ledger/receipt/v1");
        (await FormatAsync(ledger, 8)).ShouldContain("claims-ledger/receipt/v2");

        await ledger.DisposeAsync();
        await tampered.StartServerAsync();
        await tampered.Ledger.RecordClaimAsync("c4");
        await tampered.SignedAsync(9);

        var (exit, report) = await cli.VerifyAsync(tampered.Ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
        report.GetProperty("intact").GetInt64().ShouldBe(9);
        report.GetProperty("consistentWith").GetInt64().ShouldBe(7);
        foreach (var position in new[] { "7", "8" })
        {
            (await cli.RunAsync("proof", position, "--url", tampered.Ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        }
    }

    [Theory]
    [InlineData("the salt", """update ledger.mt_events set headers = jsonb_set(headers, '{salt}', '"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="') where seq_id = 6""")]
    [InlineData("the schema", """update ledger.mt_events set headers = headers || '{"leaf": 2}' where seq_id = 6""")]
    public async Task An_event_of_the_first_schema_is_still_seen_to_change(string what, string change)
    {
        await using var tampered = await StartAsync();

        await Superuser.RunAsync(tampered.Database, change);

        await tampered.ShouldNameAsync(what, 6);
        await tampered.ShouldHaveStoppedSigningAsync();
    }

    /// <summary>Seven events as the version before wrote them, signed.</summary>
    private static async Task<TamperedLedger> StartAsync()
    {
        var tampered = await TamperedLedger.StartAsync();
        await tampered.Ledger.DisposeAsync();
        await Superuser.RunAsync(tampered.Database, "update ledger.mt_events set headers = headers - 'leaf'", "truncate ledger_read.tile, ledger_read.signed_head");
        tampered.ForgetSignedHead();
        await tampered.StartServerAsync();
        await tampered.SignedAsync(7);
        return tampered;
    }

    private static async Task<IEnumerable<int>> SchemasAsync(RunningLedger ledger, int count)
    {
        var bundle = await ledger.Http.GetByteArrayAsync(new Uri($"/log/{new EntryBundleCoordinates(0, count).Path}", UriKind.Relative));
        EntryBundle.TryRead(bundle, count, out var entries).ShouldBeTrue();
        return entries!.Select(entry => System.Text.Json.JsonElement.Parse(entry.Span).GetProperty("schema").GetInt32());
    }

    private static async Task<string> FormatAsync(RunningLedger ledger, int position)
    {
        var bytes = await ledger.Http.GetByteArrayAsync(new Uri($"/v1/proofs/{position}", UriKind.Relative));
        EventReceipt.TryParse(bytes, out var receipt, out var problem).ShouldBeTrue(problem);
        return Encoding.UTF8.GetString(receipt!.Proof.Extra.Span);
    }
}
