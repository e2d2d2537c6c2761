using System.Net;

namespace Ledger.Cli.Tests;

public class RestoreTests
{
    [Fact]
    public async Task A_server_on_an_older_backup_serves_reads_signs_nothing_and_says_what_to_do()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        await tampered.Ledger.DisposeAsync();
        // An older state of everything in the database, the tree and its head with it.
        await Superuser.RunAsync(tampered.Database,
            "delete from ledger.mt_events where seq_id > 5", "truncate ledger_read.tile, ledger_read.signed_head", "select setval('ledger.mt_events_sequence', 5)");

        await tampered.StartServerAsync();

        await tampered.RefusedAsync();
        var (_, health) = await tampered.Ledger.GetAsync("/health/ready");
        health.GetProperty("proof").GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("Ledger:Origin");
        (await tampered.Ledger.GetAsync("/v1/assertions/c1")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var head = await tampered.Ledger.Public.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative));
        head.Split('\n')[1].ShouldBe("7", "the head that was signed last is still shown");
    }

    [Fact]
    public async Task A_log_that_was_altered_while_the_server_was_down_is_refused_at_start()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        await tampered.Ledger.DisposeAsync();
        await Superuser.RunAsync(tampered.Database, """update ledger.mt_events set data = data || '{"statement": "It is so"}' where seq_id = 6""");

        await tampered.StartServerAsync(scanPauseMs: 60_000);

        await tampered.ShouldNameAsync("altered while down", 6);
    }

    [Fact]
    public async Task A_restarted_server_continues_the_log_that_it_signed_before()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        using var cli = new Cli();
        (await cli.RunAsync("witness", "--url", tampered.Ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        await tampered.Ledger.DisposeAsync();

        await tampered.StartServerAsync();
        await tampered.Ledger.RecordClaimAsync("c3");
        await tampered.SignedAsync(8);

        var (exit, output) = await cli.RunAsync("witness", "--url", tampered.Ledger.BaseAddress.ToString());
        exit.ShouldBe(ExitCodes.Ok);
        output.ShouldContain("contains the 7 remembered before");
    }

    [Fact]
    public async Task A_log_that_begins_anew_under_its_old_name_is_a_fork_to_a_witness()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        using var cli = new Cli();
        (await cli.RunAsync("witness", "--url", tampered.Ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        var key = await tampered.Ledger.Public.GetStringAsync(new Uri("/log/key", UriKind.Relative));
        await tampered.Ledger.DisposeAsync();
        await Superuser.RunAsync(tampered.Database,
            """update ledger.mt_events set data = data || '{"statement": "It is so"}' where seq_id = 6""", "truncate ledger_read.tile, ledger_read.signed_head");
        tampered.ForgetSignedHead();
        await tampered.StartServerAsync();
        await tampered.SignedAsync(7);

        (await tampered.Ledger.Public.GetStringAsync(new Uri("/log/key", UriKind.Relative))).ShouldBe(key);
        (await cli.RunAsync("witness", "--url", tampered.Ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Tampered);
        (await cli.VerifyAsync(tampered.Ledger)).Exit.ShouldBe(ExitCodes.Tampered);
    }

    [Fact]
    public async Task A_new_origin_continues_with_the_remaining_events_and_old_receipts_stay_valid()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        using var cli = new Cli();
        var receipt = Path.GetTempFileName();
        (await cli.RunAsync("proof", "6", "--output", receipt, "--url", tampered.Ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        (await cli.VerifyAsync(tampered.Ledger)).Exit.ShouldBe(ExitCodes.Ok);
        await tampered.Ledger.DisposeAsync();
        await Superuser.RunAsync(tampered.Database, "delete from ledger.mt_events where seq_id > 5", "select setval('ledger.mt_events_sequence', 5)");
        await tampered.StartServerAsync();
        await tampered.RefusedAsync();
        await tampered.Ledger.DisposeAsync();

        await tampered.StartServerAsync(origin: "ledger.example/second");
        await tampered.Ledger.RecordClaimAsync("c8");
        await tampered.SignedAsync(6);

        var (exit, report) = await cli.VerifyAsync(tampered.Ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
        report.GetProperty("origin").GetString().ShouldBe("ledger.example/second");
        report.GetProperty("intact").GetInt64().ShouldBe(6);
        (await cli.RunAsync("verify-receipt", receipt)).Exit.ShouldBe(ExitCodes.Ok, "the receipt proves an event that the log no longer has");
        File.Delete(receipt);
    }
}
