using System.Globalization;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

public class RebuildTests
{
    /// <summary>Set LEDGER_SAME_BYTES_EVENTS to 5000 and LEDGER_SAME_BYTES_ANSWERS to 500 for the long form; a shared machine gets a fifth.</summary>
    private static readonly int Events = FromEnvironment("LEDGER_SAME_BYTES_EVENTS", 1_000);
    private static readonly int Answers = FromEnvironment("LEDGER_SAME_BYTES_ANSWERS", 100);

    [Fact]
    public async Task Answers_are_the_same_bytes_after_more_events_a_rebuild_and_a_restart()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        var taken = new Dictionary<string, string>();
        await using (var ledger = await RunningLedger.StartAsync(database))
        {
            var head = await ledger.RecordDemoAsync();
            await ledger.GetAsync($"/v1/assertions?minPosition={head}");
            var random = new Random(7);
            while (taken.Count < Answers)
            {
                var path = Question(random, head);
                taken[path] = await ReadAsync(ledger, path);
            }

            var store = ledger.Services.GetRequiredService<EventStore>();
            var history = new RandomHistory(11);
            while (await store.HeadAsync() < head + Events)
            {
                await history.RecordAsync(store);
            }

            var last = await store.HeadAsync();
            await ledger.GetAsync($"/v1/assertions?minPosition={last}");
            foreach (var name in LedgerModel.Rebuildable(store, ReadModels.Schema).Select(p => p.Name))
            {
                var rebuild = Rebuild(ledger, name).RebuildAsync(_ => { }, CancellationToken.None);
                await history.RecordAsync(store);
                (await rebuild).ShouldBeTrue();
                await CompareAsync(ledger, taken);
            }
        }

        await using var restarted = await RunningLedger.StartAsync(database);
        await CompareAsync(restarted, taken);
        var again = restarted.Services.GetRequiredService<EventStore>();
        foreach (var name in LedgerModel.Rebuildable(again, ReadModels.Schema).Select(p => p.Name))
        {
            (await Rebuild(restarted, name).VerifyAsync(_ => { }, CancellationToken.None)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Verification_names_the_first_row_that_differs_from_a_fold()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var head = await ledger.RecordDemoAsync();
        await ledger.GetAsync($"/v1/assertions?minPosition={head}");
        var store = ledger.Services.GetRequiredService<EventStore>();
        await using (var spoil = store.DataSource.CreateCommand("update ledger_read.assertion_current set summary = 'reported' where id = 't20'"))
        {
            (await spoil.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        var difference = await Rebuild(ledger, "AssertionList").VerifyAsync(_ => { }, CancellationToken.None);

        difference.ShouldNotBeNull().ShouldContain("assertion_current");
        difference.ShouldContain("t20");
        (await Rebuild(ledger, "AssertionList").RebuildAsync(_ => { }, CancellationToken.None)).ShouldBeTrue();
        (await Rebuild(ledger, "AssertionList").VerifyAsync(_ => { }, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_fold_stream_by_stream_makes_the_same_rows_as_the_running_service_page_by_page()
    {
        const int Histories = 5;
        await using var ledger = await RunningLedger.StartAsync();
        var store = ledger.Services.GetRequiredService<EventStore>();
        for (var seed = 1; seed <= Histories; seed++)
        {
            await new RandomHistory(seed).RecordAsync(store);
        }

        await ledger.GetAsync($"/v1/assertions?minPosition={await store.HeadAsync()}");
        (await Rebuild(ledger, "AssertionList").VerifyAsync(_ => { }, CancellationToken.None)).ShouldBeNull();
        await using var count = store.DataSource.CreateCommand("select count(*) from ledger_read.assertion_patch where to_pos < 9223372036854775807");
        ((long)(await count.ExecuteScalarAsync())!).ShouldBeGreaterThan(0, "late events ended earlier known states");
    }

    [Fact]
    public async Task The_commands_beside_a_running_service_tell_position_rate_and_time_left()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        var head = await ledger.RecordDemoAsync();
        await ledger.GetAsync($"/v1/assertions?minPosition={head}");

        var (exit, output, _) = await ServerProcess.RunAsync(database, "rebuild", "AssertionList");
        output.ShouldMatch(@"AssertionList in service: \d+ of \d+ events, [\d,]+/s, \d\d:\d\d:\d\d left");
        exit.ShouldBe(0);

        (exit, output, _) = await ServerProcess.RunAsync(database, "verify", "AssertionList");
        output.ShouldContain("every row is as a fold from the beginning makes it");
        exit.ShouldBe(0);

        (exit, output, _) = await ServerProcess.RunAsync(database, "rebuild", "Nothing");
        output.ShouldContain("There is no projection Nothing");
        exit.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_rebuild_leaves_the_old_tables_in_service_and_nothing_beside_them()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var head = await ledger.RecordDemoAsync();
        var (_, before) = await ledger.GetAsync($"/v1/assertions?minPosition={head}");
        var store = ledger.Services.GetRequiredService<EventStore>();
        using var cancel = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(Rebuild(ledger, "AssertionList").RebuildAsync(p => cancel.Cancel(), cancel.Token));

        (await ledger.GetAsync($"/v1/assertions?asOf={head}")).Body.ToString().ShouldBe(before.ToString());
        await using var count = store.DataSource.CreateCommand("select count(*) from pg_tables where schemaname in ('ledger_rebuild', 'ledger_retired')");
        (await count.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task An_answer_as_of_now_never_changes_while_another_node_commits()
    {
        const int Rounds = 60;
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var writer = await RunningLedger.StartAsync(database);
        await using var reader = await RunningLedger.StartAsync(database);
        await writer.RecordBasicsAsync();
        await writer.RecordClaimAsync("c1");
        // The first moment that is asked about must come after the claim.
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await writer.RecordAsync("/v1/assertions/c1/denials",
                    $$"""{"party": "ministry", "statement": "No, for the {{i}}th time", "contests": "whole", "citation": "a letter"}""");
            }
        });

        var taken = new Dictionary<string, string>();
        for (var i = 0; i < Rounds; i++)
        {
            // A microsecond ago is the newest moment that a client can name; later ones are refused, not guessed.
            var now = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().AddMilliseconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            foreach (var path in new[] { $"/v1/assertions/c1?asOf={now}", $"/v1/assertions?asOf={now}" })
            {
                var (response, body) = await reader.GetAsync(path);
                response.IsSuccessStatusCode.ShouldBeTrue(body.ToString());
                taken[path] = $"{response.Headers.GetValues("Ledger-Position").Single()} {body}";
            }
        }

        await enough.CancelAsync();
        await writing;
        taken.Values.Distinct().Count().ShouldBeGreaterThan(Rounds / 4, "the log has changed meanwhile");
        foreach (var (path, answer) in taken)
        {
            (await ReadAsync(reader, path)).ShouldBe(answer);
            (await ReadAsync(writer, path)).ShouldBe(answer);
        }
    }

    private static ProjectionRebuild Rebuild(RunningLedger ledger, string name) => new(ledger.Services.GetRequiredService<LedgerDatabase>(), name);

    private static string Question(Random random, long head)
    {
        var asOf = random.NextInt64(1, head + 1);
        var known = random.Next(3) == 0 ? "" : $"&knownAt=2018-08-0{random.Next(1, 7)}";
        var id = $"{(random.Next(2) == 0 ? 't' : 'd')}{random.Next(1, 21):00}";
        return random.Next(8) switch
        {
            0 => $"/v1/assertions/{id}?asOf={asOf}{known}",
            1 => $"/v1/assertions/{id}/history?asOf={asOf}{known}",
            2 => $"/v1/assertions?asOf={asOf}{known}&label={(random.Next(2) == 0 ? "denied" : "reported")}&limit={random.Next(1, 9)}",
            3 => $"/v1/assertions?asOf={asOf}{known}&q=north&order=changed",
            4 => $"/v1/assertions?asOf={asOf}{known}&source=telegraph-print&limit=3",
            5 => $"/v1/sources?asOf={asOf}{known}",
            6 => $"/v1/parties/russia-mfa?asOf={asOf}{known}",
            _ => $"/v1/changes?from={asOf / 2}&to={asOf}&limit=5",
        };
    }

    private static async Task<string> ReadAsync(RunningLedger ledger, string path)
    {
        var (response, body) = await ledger.GetAsync(path);
        var position = response.Headers.TryGetValues("Ledger-Position", out var values) ? values.Single() : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return response.IsSuccessStatusCode || response.StatusCode == System.Net.HttpStatusCode.NotFound ? $"{position} {body}" : throw new InvalidOperationException($"{path}: {body}");
    }

    private static async Task CompareAsync(RunningLedger ledger, Dictionary<string, string> taken)
    {
        foreach (var (path, answer) in taken)
        {
            (await ReadAsync(ledger, path)).ShouldBe(answer, path);
        }
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
