using Ledger.Server;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

public class TamperingTests
{
    private const int Victim = 6;

    public static TheoryData<string, string> Changes => new()
    {
        { "a field of the data", $$"""update ledger.mt_events set data = jsonb_set(data, '{statement}', '"It is so"') where seq_id = {{Victim}}""" },
        { "another field of the data", $$"""update ledger.mt_events set data = jsonb_set(data, '{party}', '"gazette"') where seq_id = {{Victim}}""" },
        { "a field that was added", $$"""update ledger.mt_events set data = data || '{"more": 1}' where seq_id = {{Victim}}""" },
        { "a field that was removed", $$"""update ledger.mt_events set data = data - 'statement' where seq_id = {{Victim}}""" },
        { "the id", $"update ledger.mt_events set id = gen_random_uuid() where seq_id = {Victim}" },
        { "the stream", $"update ledger.mt_events set stream_id = 'assertion-c2', version = 9 where seq_id = {Victim}" },
        { "the version", $"update ledger.mt_events set version = 9 where seq_id = {Victim}" },
        { "the type", $"update ledger.mt_events set type = 'position_recorded' where seq_id = {Victim}" },
        { "the time", $"update ledger.mt_events set timestamp = timestamp - interval '1 microsecond' where seq_id = {Victim}" },
        { "the principal", $$"""update ledger.mt_events set headers = jsonb_set(headers, '{recordedBy}', '"somebody"') where seq_id = {{Victim}}""" },
        { "the cause", $"update ledger.mt_events set causation_id = 'something' where seq_id = {Victim}" },
        { "the salt", $$"""update ledger.mt_events set headers = jsonb_set(headers, '{salt}', '"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="') where seq_id = {{Victim}}""" },
        { "no salt", $"update ledger.mt_events set headers = headers - 'salt' where seq_id = {Victim}" },
        { "no headers", $"update ledger.mt_events set headers = null where seq_id = {Victim}" },
        { "the party acted for", Set("onBehalfOf", "\"gazette\"") },
        { "no party acted for", $"update ledger.mt_events set headers = headers - 'onBehalfOf' where seq_id = {Victim}" },
        { "a tag", Set("tags,0", "\"assertion:c2\"") },
        { "a tag that was removed", $"update ledger.mt_events set headers = headers #- '{{tags,0}}' where seq_id = {Victim}" },
        { "no tags", $"update ledger.mt_events set headers = headers - 'tags' where seq_id = {Victim}" },
        { "the trace", Set("traceparent", "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"") },
        { "a header that was added", Set("more", "1") },
        { "the correlation", $"update ledger.mt_events set correlation_id = gen_random_uuid()::text where seq_id = {Victim}" },
        { "a header that claims to be the correlation", Set("correlation", "\"x\"") },
        { "the mark of the leaf's schema", Set("leaf", "1") },
        { "no mark of the leaf's schema", $"update ledger.mt_events set headers = headers - 'leaf' where seq_id = {Victim}" },
        { "the archive mark, by which Marten would hide it", $"update ledger.mt_events set is_archived = true where seq_id = {Victim}" },
        { "the tenant, by which Marten would hide it", $"update ledger.mt_events set tenant_id = 'other' where seq_id = {Victim}" },
        { "the .NET type", $"update ledger.mt_events set mt_dotnet_type = 'Another.Type' where seq_id = {Victim}" },
        { "the binary data", $"update ledger.mt_events set bdata = 'x' where seq_id = {Victim}" },
        { "the event gone", $"delete from ledger.mt_events where seq_id = {Victim}" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_event_is_named_by_its_position_and_nothing_is_signed_any_more(string what, string change)
    {
        await using var tampered = await TamperedLedger.StartAsync();

        await Superuser.RunAsync(tampered.Database, change);

        await tampered.ShouldNameAsync(what, Victim);
        await tampered.ShouldHaveStoppedSigningAsync();
    }

    [Fact]
    public async Task Every_column_and_every_header_of_an_event_has_a_tampering_case()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        var columns = await Superuser.AskAsync(tampered.Database, "select column_name from information_schema.columns where table_schema = 'ledger' and table_name = 'mt_events'");
        var headers = await Superuser.AskAsync(tampered.Database, $"select jsonb_object_keys(headers) from ledger.mt_events where seq_id = {Victim}");
        var changes = Changes.Select(c => (string)c[1]).ToList();

        headers.ShouldBe(["recordedBy", "onBehalfOf", "tags", "traceparent", "salt", "leaf"], ignoreOrder: true);
        // The position of an event is changed below, by swapping two.
        foreach (var column in columns.Except(["seq_id"]))
        {
            changes.ShouldContain(sql => sql.Contains($" {column} = ", StringComparison.Ordinal), column);
        }

        foreach (var header in headers)
        {
            changes.ShouldContain(sql => sql.Contains($"'{{{header}}}'", StringComparison.Ordinal) || sql.Contains($"'{{{header},", StringComparison.Ordinal), header);
        }
    }

    [Fact]
    public async Task Two_swapped_events_are_both_named()
    {
        await using var tampered = await TamperedLedger.StartAsync();

        await Superuser.RunAsync(tampered.Database,
            "update ledger.mt_events set seq_id = 1000 where seq_id = 5", "update ledger.mt_events set seq_id = 5 where seq_id = 7", "update ledger.mt_events set seq_id = 7 where seq_id = 1000");

        await tampered.ShouldNameAsync("two events swapped", 5, 7);
        await tampered.ShouldHaveStoppedSigningAsync();
    }

    [Fact]
    public async Task A_truncated_log_is_named_from_where_it_ends()
    {
        await using var tampered = await TamperedLedger.StartAsync();

        await Superuser.RunAsync(tampered.Database, "delete from ledger.mt_events where seq_id > 5");

        await tampered.ShouldNameAsync("the end cut off", 6, 7);
        await tampered.ShouldHaveStoppedSigningAsync(canAppend: false);
    }

    [Theory]
    [InlineData("nextval of nothing", "'{\"recordedBy\": \"admin\"}'::jsonb")]
    [InlineData("with the salt of another", "(select headers from ledger.mt_events where seq_id = 6)")]
    public async Task An_appended_forged_event_is_named(string what, string headers)
    {
        await using var tampered = await TamperedLedger.StartAsync();

        await Superuser.RunAsync(tampered.Database,
            $"insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers) select 8, gen_random_uuid(), stream_id, version + 5, data, type, clock_timestamp(), {headers} from ledger.mt_events where seq_id = 6",
            "notify ledger, '8'");

        await tampered.ShouldNameAsync(what, 8);
        await tampered.ShouldHaveStoppedSigningAsync(canAppend: false);
    }

    [Fact]
    public async Task A_rewritten_tree_does_not_hide_a_rewritten_event()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        using var cli = new Cli();
        (await cli.VerifyAsync(tampered.Ledger)).Exit.ShouldBe(ExitCodes.Ok);

        await Superuser.RunAsync(tampered.Database, "update ledger_read.tile set bytes = set_byte(bytes, 3, 255 - get_byte(bytes, 3)) where level = 0");

        var (exit, report) = await cli.VerifyAsync(tampered.Ledger);
        exit.ShouldBe(ExitCodes.Tampered);
        report.GetProperty("tampered").EnumerateArray().Select(t => t.TryGetProperty("position", out var p) ? p.GetInt64() : 0).ShouldContain(1);
    }

    [Fact]
    public async Task An_untouched_log_is_intact_and_contains_the_head_of_the_last_run()
    {
        await using var tampered = await TamperedLedger.StartAsync();
        using var cli = new Cli();
        var (first, _) = await cli.VerifyAsync(tampered.Ledger);
        await tampered.Ledger.RecordClaimAsync("c3");
        await tampered.SignedAsync(8);

        var (exit, report) = await cli.VerifyAsync(tampered.Ledger);

        (first, exit).ShouldBe((ExitCodes.Ok, ExitCodes.Ok));
        report.GetProperty("intact").GetInt64().ShouldBe(8);
        report.GetProperty("consistentWith").GetInt64().ShouldBe(7);
        var (_, text) = await cli.RunAsync("verify", tampered.Ledger.BaseAddress.ToString());
        text.Split('\n')[0].ShouldEndWith($"8 events, root {report.GetProperty("root").GetString()}");
    }

    private static string Set(string path, string json) => $"update ledger.mt_events set headers = jsonb_set(headers, '{{{path}}}', '{json}') where seq_id = {Victim}";
}
