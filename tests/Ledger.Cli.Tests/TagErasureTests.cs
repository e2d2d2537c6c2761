using System.Text;
using System.Text.Json;
using Ledger.Testing;
using Ledger.Transparency;

namespace Ledger.Cli.Tests;

/// <summary>Leaves commit to the tags, and an erasure removes words from them, even in events of which it erases nothing else.</summary>
public class TagErasureTests
{
    [Fact]
    public async Task Tags_with_an_erased_word_are_reported_as_erased_and_everything_else_verifies()
    {
        await using var tampered = await StartAsync();
        var ledger = tampered.Ledger;
        using var cli = new Cli();

        var erased = await EraseAsync(tampered, 8, "topics");

        var (exit, report) = await cli.VerifyAsync(ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
        report.GetProperty("erased").EnumerateObject().Select(e => (e.Name, e.Value[0].GetInt64())).ShouldBe([("8", erased), ("9", erased)]);
        (await ledger.GetAsync($"/v1/events?after={erased - 1}")).Body.GetProperty("events")[0].GetProperty("data").GetProperty("tagsOf").GetRawText().ShouldBe("[8, 9]");
        (await Superuser.AskAsync(tampered.Database, "select jsonb_typeof(headers->'salt') from ledger.mt_events where seq_id in (8, 9)")).ShouldBe(["object", "object"]);
        (await Superuser.AskAsync(tampered.Database, "select headers::text from ledger.mt_events")).ShouldAllBe(headers => !headers.Contains("whistle", StringComparison.Ordinal));
        var file = Path.GetTempFileName();
        (await cli.RunAsync("proof", "9", "--output", file, "--url", ledger.BaseAddress.ToString())).Output.ShouldContain($"erased in part by #{erased}");
        (await cli.RunAsync("verify-receipt", file)).Exit.ShouldBe(ExitCodes.Ok);
        (await cli.RunAsync("certificate", "c9", "--output", file, "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        (await cli.RunAsync("verify-certificate", file)).Exit.ShouldBe(ExitCodes.Ok);
        File.Delete(file);
        var copy = Directory.CreateTempSubdirectory("ledger-copy-").FullName;
        (await cli.RunAsync("export", "--log", copy, "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        (await cli.RunAsync("verify", copy)).Output.ShouldContain($"#9 erased by #{erased}");
        Directory.Delete(copy, recursive: true);
        (await ledger.GetAsync("/v1/events?publisher=gazette&types=denial_recorded")).Body.GetProperty("events").GetArrayLength().ShouldBe(2, "the remaining tags still select the event");

        await EraseAsync(tampered, 9, "statement", "party");
        (exit, report) = await cli.VerifyAsync(ledger);
        exit.ShouldBe(ExitCodes.Ok, report.ToString());
    }

    [Fact]
    public async Task After_an_erasure_of_tags_a_change_of_another_header_is_still_detected()
    {
        await using var tampered = await StartAsync();
        await tampered.SignedAsync(await EraseAsync(tampered, 8, "topics"));

        await Superuser.RunAsync(tampered.Database, """update ledger.mt_events set headers = jsonb_set(headers, '{traceparent}', '"another"') where seq_id = 9""");

        await tampered.ShouldNameAsync("the trace", 9);
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("onBehalfOf")]
    public async Task A_header_that_only_its_salts_record_as_erased_counts_as_tampering(string header)
    {
        await using var tampered = await StartAsync();
        var stored = (await Superuser.AskAsync(tampered.Database, "select headers::text from ledger.mt_events where seq_id = 6"))[0];
        var data = (await Superuser.AskAsync(tampered.Database, "select data::text from ledger.mt_events where seq_id = 6"))[0];
        LeafHeaders.TryRead(Encoding.UTF8.GetBytes(stored), null, out var headers, out _).ShouldBeTrue();
        Erasure.TryErase(Encoding.UTF8.GetBytes(data), headers!.Committed, headers.Salts, [], [header], out var forged, out _).ShouldBeTrue();

        await Superuser.RunAsync(tampered.Database, $"update ledger.mt_events set headers = (headers || '{{\"salt\": {forged!.Salts.ToJson()}}}') - '{header}' where seq_id = 6");

        await tampered.ShouldNameAsync(header, 6);
        await tampered.ShouldHaveStoppedSigningAsync();
    }

    /// <summary>Beside the seven events a claim with a topic, and a denial whose tags repeat it.</summary>
    private static async Task<TamperedLedger> StartAsync()
    {
        var tampered = await TamperedLedger.StartAsync();
        await tampered.Ledger.RecordClaimAsync("c9", more: """, "topics": ["whistleblowing"]""");
        await tampered.Ledger.RecordAsync("/v1/assertions/c9/denials", """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "a letter"}""");
        await tampered.SignedAsync(9);
        return tampered;
    }

    private static async Task<long> EraseAsync(TamperedLedger tampered, long position, params string[] fields)
    {
        var key = await tampered.Ledger.RecordAsync("/v1/keys", $$"""{"name": "Data protection {{position}}", "scopes": ["erase:approve"]}""");
        using var approver = tampered.Ledger.Client(key.GetProperty("secret").GetString());
        var request = await tampered.Ledger.RecordAsync("/v1/erasures", $$"""{"positions": [{{position}}], "fields": {{JsonSerializer.Serialize(fields)}}, "legalBasis": "GDPR Art. 17(1)(a)"}""");
        var answer = await approver.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), null);
        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        answer.IsSuccessStatusCode.ShouldBeTrue(body.ToString());
        var erased = body.GetProperty("position").GetInt64();
        await tampered.SignedAsync(erased);
        return erased;
    }
}
