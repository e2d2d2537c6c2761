using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

/// <summary>Each command against the recorded demonstration.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly Cli _cli = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("ledger-cli-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly LineWatch _watch = new("newcomer");
    private RunningLedger _ledger = null!;
    private long _head;

    public async Task InitializeAsync()
    {
        _ledger = await RunningLedger.StartAsync();
        await _ledger.RecordDemoAsync();
        _head = await _ledger.SettleAsync();
    }

    public async Task DisposeAsync()
    {
        _cli.Dispose();
        _stop.Dispose();
        await _watch.DisposeAsync();
        await _ledger.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Tail_prints_one_line_per_event_and_CloudEvents_as_JSON()
    {
        var (exit, lines) = await RunAsync("tail", "--once", "--after", "1");
        var (_, json) = await RunAsync("tail", "--once", "--json");

        exit.ShouldBe(ExitCodes.Ok);
        Lines(lines).Count.ShouldBe((int)_head - 1);
        lines.ShouldContain("denial_recorded");
        Lines(json).Select(l => JsonElement.Parse(l).GetProperty("specversion").GetString()).Distinct().ShouldBe(["1.0"]);
    }

    [Fact]
    public async Task Tail_follows_new_events()
    {
        var tail = LedgerCommand.RunAsync(["tail", "--after", $"{_head}", "--url", _ledger.BaseAddress.ToString()], _watch, _stop.Token);

        await _ledger.RecordAsync("/v1/parties", """{"id": "newcomer", "name": "A newcomer", "kind": "person"}""");

        await _watch.Seen.WaitAsync(TimeSpan.FromSeconds(20));
        await _stop.CancelAsync();
        (await tail).ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task As_of_shows_an_assertion_and_its_positions_at_a_past_moment()
    {
        var (before, then) = await RunAsync("as-of", "t20", $"{_head}", "--known-at", "2018-08-04");
        var (_, json) = await RunAsync("as-of", "t20", $"{_head}", "--json");
        var (early, _) = await RunAsync("as-of", "t20", "1");

        before.ShouldBe(ExitCodes.Ok);
        then.ShouldContain("denied: denied by russia-mfa");
        then.ShouldContain("Stance");
        JsonElement.Parse(json).GetProperty("id").GetString().ShouldBe("t20");
        early.ShouldBe(ExitCodes.Failed, "it was not recorded yet");
    }

    [Theory]
    [InlineData("ndjson", "\"specversion\":\"1.0\"")]
    [InlineData("datafeed", "\"@type\":\"DataFeed\"")]
    [InlineData("csv", ",")]
    public async Task Export_writes_the_whole_ledger_to_a_file_or_the_output(string format, string contains)
    {
        var file = Path.Combine(_directory, "export");

        var (exit, output) = await RunAsync("export", "--format", format, "--as-of", $"{_head}");
        var (saved, _) = await RunAsync("export", "--format", format, "--as-of", $"{_head}", "--output", file);

        (exit, saved).ShouldBe((ExitCodes.Ok, ExitCodes.Ok));
        output.ShouldContain(contains);
        (await File.ReadAllTextAsync(file)).ShouldBe(output);
    }

    [Fact]
    public async Task An_exported_log_is_verified_without_a_network_and_a_changed_file_is_named()
    {
        await _ledger.RecordAsync("/v1/restrictions", """{"assertion": "t06", "reason": "legal"}""");
        var log = Path.Combine(_directory, "log");
        await SignedAsync(_head + 1);
        using var asPublic = new Cli();
        var (exported, said) = await asPublic.RunAsync("export", "--log", log, "--url", _ledger.BaseAddress.ToString());
        exported.ShouldBe(ExitCodes.Ok);
        said.ShouldContain($"{_head + 1} events");

        var (intact, report) = await asPublic.RunAsync("verify", log, "--json");
        var events = Path.Combine(log, "log", "events", "0");
        await File.WriteAllTextAsync(events, (await File.ReadAllTextAsync(events)).Replace("denied", "denies", StringComparison.Ordinal).Replace("North Koreans", "South Koreans", StringComparison.Ordinal));
        var (changed, findings) = await asPublic.RunAsync("verify", log);

        intact.ShouldBe(ExitCodes.Ok, report);
        JsonElement.Parse(report).GetProperty("withheld").GetInt64().ShouldBeGreaterThan(0);
        changed.ShouldBe(ExitCodes.Tampered);
        findings.ShouldContain("TAMPERED");
    }

    [Fact]
    public async Task A_receipt_is_fetched_and_verified_offline_by_the_remembered_key_or_a_given_one()
    {
        var file = Path.Combine(_directory, "event.tlog-proof");
        (await RunAsync("proof", "80", "--output", file)).Exit.ShouldBe(ExitCodes.Ok);

        var (exit, output) = await _cli.RunAsync("verify-receipt", file);
        using var stranger = new Cli();
        var unknown = await stranger.RunAsync("verify-receipt", file);
        var key = (await _ledger.Public.GetStringAsync(new Uri("/log/key", UriKind.Relative))).Trim();
        var given = await stranger.RunAsync("verify-receipt", file, "--verifier-key", key, "--json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("index 79", "index 78", StringComparison.Ordinal));
        var forged = await _cli.RunAsync("verify-receipt", file);

        exit.ShouldBe(ExitCodes.Ok);
        output.ShouldContain("PROVEN: denial_recorded on assertion-t20 at position 80");
        unknown.Exit.ShouldBe(ExitCodes.Usage);
        given.Exit.ShouldBe(ExitCodes.Ok);
        JsonElement.Parse(given.Output).GetProperty("verdict").GetString().ShouldBe("PROVEN");
        forged.Exit.ShouldBe(ExitCodes.Tampered);
    }

    [Fact]
    public async Task Import_says_how_many_were_taken_and_shows_those_that_were_not()
    {
        var file = Path.Combine(_directory, "commands.ndjson");
        await File.WriteAllTextAsync(file, """
            {"command": "recordParty", "key": "k1", "body": {"id": "imported", "name": "Imported", "kind": "person"}}
            {"command": "denyAssertion", "target": "t01", "key": "k2", "body": {"party": "nobody-known"}}

            """);

        var (exit, output) = await RunAsync("import", file);
        var (_, json) = await RunAsync("import", file, "--json");

        exit.ShouldBe(ExitCodes.Failed, "a line was refused");
        output.ShouldContain("\"line\":2");
        output.ShouldContain("Refused");
        Lines(json).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Witness_remembers_the_newest_head_and_says_what_it_contains()
    {
        await SignedAsync(_head);
        (await RunAsync("witness")).Exit.ShouldBe(ExitCodes.Ok);
        await _ledger.RecordAsync("/v1/parties", """{"id": "newcomer", "name": "A newcomer", "kind": "person"}""");
        await SignedAsync(_head + 1);

        var (exit, json) = await RunAsync("witness", "--json");

        exit.ShouldBe(ExitCodes.Ok);
        JsonElement.Parse(json).GetProperty("before").GetInt64().ShouldBe(_head);
        JsonElement.Parse(json).GetProperty("size").GetInt64().ShouldBe(_head + 1);
    }

    [Fact]
    public async Task Exit_codes_separate_wrong_usage_from_a_failure()
    {
        (await _cli.RunAsync("verfy")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("proof")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("import", "/nowhere/commands.ndjson")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("verify-receipt", "/nowhere/receipt")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("verify-certificate", "/nowhere/certificate")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("record", "denial", "--body", "/nowhere/body")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("certificate")).Exit.ShouldBe(ExitCodes.Usage);
        (await _cli.RunAsync("verify", "http://127.0.0.1:1")).Exit.ShouldBe(ExitCodes.Failed);
        (await RunAsync("proof", "99999")).Exit.ShouldBe(ExitCodes.Failed);
    }

    private Task<(int Exit, string Output)> RunAsync(params string[] args) =>
        _cli.RunAsync([.. args, "--url", _ledger.BaseAddress.ToString(), "--key", RunningLedger.AdminKey]);

    private async Task SignedAsync(long position) => (await _ledger.Http.GetAsync(new Uri($"/v1/proofs/{position}", UriKind.Relative))).EnsureSuccessStatusCode();

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private sealed class LineWatch(string text) : StringWriter
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Seen => _seen.Task;

        public override Task WriteLineAsync(string? value)
        {
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                _seen.TrySetResult();
            }

            return Task.CompletedTask;
        }
    }
}
