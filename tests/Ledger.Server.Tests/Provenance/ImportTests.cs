using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

public class ImportTests
{
    private static readonly string[] Basics =
    [
        """{"command": "recordParty", "key": "p1", "body": {"id": "gazette", "name": "The Gazette", "kind": "publisher"}}""",
        """{"command": "registerSource", "key": "s1", "body": {"id": "report", "kind": "article", "title": "A report", "publisher": "gazette"}}""",
        """{"command": "captureVersion", "target": "report", "key": "v1", "body": {"edition": "print", "seen": true}}""",
    ];

    [Fact]
    public async Task An_import_answers_line_by_line_and_a_bad_line_stops_nothing()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string[] lines = [.. Basics, "no json", """{"command": "denyAssertion", "target": "c9", "key": "d9", "body": {}}""", .. Enumerable.Range(1, 300).Select(Claim)];

        var answers = await ImportAsync(ledger, lines);

        answers.Select(a => a.GetProperty("line").GetInt64()).ShouldBe(Enumerable.Range(1, lines.Length).Select(i => (long)i));
        answers.Where(a => a.GetProperty("status").GetInt32() >= 400).Select(a => a.GetProperty("line").GetInt64()).ShouldBe([4, 5]);
        answers[3].GetProperty("problem").GetProperty("type").GetString().ShouldBe("/problems/invalid-json");
        var head = await ledger.SettleAsync();
        head.ShouldBe(303);
    }

    [Fact]
    public async Task A_line_without_key_or_id_is_recognised_by_its_text()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string[] lines =
        [
            .. Basics, """{"command": "recordParty", "body": {"name": "Somebody", "kind": "person"}}""", """{"command": "captureVersion", "target": "report", "body": {"edition": "revision", "seen": true}}""",
            """{"command": "recordClaim", "body": {"proposition": "It is so", "source": {"id": "report", "version": 1}, "attribution": []}}""",
        ];
        var first = await ImportAsync(ledger, lines);
        first.ShouldAllBe(a => a.GetProperty("status").GetInt32() == 201);
        var head = await ledger.SettleAsync();

        var again = await ImportAsync(ledger, lines);
        again.Select(a => a.GetProperty("position").GetInt64()).ShouldBe(first.Select(a => a.GetProperty("position").GetInt64()));
        (await ledger.SettleAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task Running_an_import_again_appends_nothing_and_answers_the_same()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string[] lines = [.. Basics, .. Enumerable.Range(1, 20).Select(Claim)];
        var first = await ImportAsync(ledger, lines);
        var head = await ledger.SettleAsync();

        var again = await ImportAsync(ledger, lines);

        again.Select(a => a.GetProperty("position").GetInt64()).ShouldBe(first.Select(a => a.GetProperty("position").GetInt64()));
        (await ledger.SettleAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task A_repeated_line_gets_its_first_answer_even_when_the_ledger_has_changed_since()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var link = """{"command": "linkAssertion", "target": "c2", "key": "l", "body": {"to": "c1", "relation": "derivedFrom", "basis": "stated"}}""";
        var before = await ImportAsync(ledger, [.. Basics, Claim(1), Claim(2), link]);
        var (claim, first) = (before[^3].GetProperty("position").GetInt64(), before[^1].GetProperty("position").GetInt64());     // The two claims may land in any order.
        var (_, events) = await ledger.GetAsync($"/v1/events?after={first - 1}&limit=1");
        await ledger.RecordAsync($"/v1/events/{events.GetProperty("events")[0].GetProperty("id").GetString()}/withdrawal", """{"reason": "made up", "citation": "made up"}""");
        await ledger.RecordAsync("/v1/assertions/c1/links", """{"to": "c2", "relation": "derivedFrom", "basis": "stated"}""");
        // Before each of these stand more new lines than a page holds: their keys are no longer looked up, and the link would now close a cycle.
        string[] lines =
        [
            .. Enumerable.Range(3, 600).Select(Claim), link, Claim(1), Claim(2).Replace("It is", "It was", StringComparison.Ordinal),
            .. Enumerable.Range(603, 1_200).Select(Claim), link,
        ];

        var answers = await ImportAsync(ledger, lines);

        answers[600].GetProperty("position").GetInt64().ShouldBe(first);
        answers[601].GetProperty("position").GetInt64().ShouldBe(claim);
        answers[602].GetProperty("problem").GetProperty("type").GetString().ShouldBe("/problems/idempotency-key-reused");
        answers[^1].GetProperty("position").GetInt64().ShouldBe(first);
        answers.Count(a => a.GetProperty("status").GetInt32() == 201).ShouldBe(lines.Length - 1);
        (await ledger.SettleAsync()).ShouldBe(first + 2 + 1_800);
    }

    [Fact]
    public async Task A_claim_that_another_node_recorded_is_not_recorded_again_under_the_same_id()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await ImportAsync(one, [.. Basics, .. Enumerable.Range(1, 20).Select(Claim)]);

        var answers = await ImportAsync(other, Enumerable.Range(1, 21).Select(n => Claim(n).Replace("\"key\": \"c", "\"key\": \"again", StringComparison.Ordinal).Replace("It is", "It was", StringComparison.Ordinal)));

        answers.Count(a => a.GetProperty("status").GetInt32() == 409).ShouldBe(20);
        answers[^1].GetProperty("status").GetInt32().ShouldBe(201);
        (await other.SettleAsync()).ShouldBe(24);
    }

    [Fact]
    public async Task A_sender_that_reads_nothing_before_it_has_sent_everything_gets_every_answer()
    {
        const int Lines = 60_000;   // The answers (about 15 MB) do not fit into the socket buffers.
        await using var ledger = await RunningLedger.StartAsync();

        var answers = await ImportAsync(ledger, Enumerable.Repeat("x", Lines)).WaitAsync(TimeSpan.FromMinutes(1));

        answers.Count.ShouldBe(Lines);
        answers[^1].GetProperty("line").GetInt64().ShouldBe(Lines);
    }

    [Fact]
    public async Task Lines_of_every_length_are_split_at_their_ends()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string Party(int n, int length) => $$$"""{"command": "recordParty", "body": {"id": "party{{{n}}}", "name": "{{{new string('é', length)}}}", "kind": "publisher"}}""";

        var answers = await ImportAsync(ledger, [Party(1, 1), "", "  \r", Party(2, 500) + "\r", new string('x', 3_000_000), Party(3, 499), new string('y', 1_500_000)]);

        answers.Select(a => a.GetProperty("line").GetInt64()).ShouldBe([1, 4, 5, 6, 7]);
        answers.Select(a => a.GetProperty("status").GetInt32()).ShouldBe([201, 201, 413, 201, 413]);
    }

    [Fact]
    public async Task Links_in_an_import_wait_for_one_another_and_none_is_lost()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string[] lines =
        [
            .. Basics, .. Enumerable.Range(1, 60).Select(Claim),
            .. Enumerable.Range(2, 59).Select(n => $$$"""{"command": "linkAssertion", "target": "c{{{n}}}", "key": "l{{{n}}}", "body": {"to": "c{{{n - 1}}}", "relation": "derivedFrom", "basis": "stated"}}"""),
            """{"command": "linkAssertion", "target": "c1", "key": "l1", "body": {"to": "c60", "relation": "derivedFrom", "basis": "stated"}}""",
            .. Enumerable.Range(61, 20).Select(Claim),
        ];

        var answers = await ImportAsync(ledger, lines);

        answers.Where(a => a.GetProperty("status").GetInt32() != 201).Select(a => a.GetProperty("problem").GetProperty("type").GetString()).ShouldBe(["/problems/cycle"]);
    }

    [Fact]
    public async Task Lines_about_one_assertion_share_commits_and_stay_in_their_order()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await ImportAsync(ledger, Basics);

        var answers = await ImportAsync(ledger, [Claim(1), .. Enumerable.Range(1, 100).Select(n => Denial("c1", n))]);

        answers.Select(a => a.GetProperty("status").GetInt32()).ShouldBe(Enumerable.Repeat(201, 101));
        answers.Select(a => a.GetProperty("position").GetInt64()).ShouldBe(Enumerable.Range(4, 101).Select(p => (long)p));
        (await SayingsAsync(ledger, "c1")).ShouldBe(Enumerable.Range(1, 100).Select(n => $"No {n}."));
        await using var source = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var commits = source.CreateCommand("select count(distinct xmin::text) from ledger.mt_events where stream_id = 'assertion-c1'");
        ((long)(await commits.ExecuteScalarAsync())!).ShouldBeLessThan(50);     // One by one they would take 101.
    }

    [Fact]
    public async Task Lines_about_one_assertion_stay_in_their_order_while_another_node_writes_to_it()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await ImportAsync(one, [.. Basics, Claim(1)]);
        using var isDone = new CancellationTokenSource();
        var disturbing = Task.Run(async () =>
        {
            for (var n = 0; !isDone.IsCancellationRequested; n++)
            {
                // It may lose every race against an import. Then it gets an answer that says so.
                await other.PostAsync("/v1/assertions/c1/denials", $$$"""{"party": "gazette", "statement": "Disturbing {{{n}}}.", "contests": "whole", "citation": "made up"}""");
            }
        });

        var answers = await ImportAsync(one, Enumerable.Range(1, 150).Select(n => Denial("c1", n)));
        await isDone.CancelAsync();
        await disturbing;

        answers.Select(a => a.GetProperty("status").GetInt32()).ShouldBe(Enumerable.Repeat(201, 150));
        answers.Select(a => a.GetProperty("position").GetInt64()).ShouldBeInOrder();
        var sayings = await SayingsAsync(one, "c1");
        sayings.Where(s => s!.StartsWith("No", StringComparison.Ordinal)).ShouldBe(Enumerable.Range(1, 150).Select(n => $"No {n}."));
        sayings.ShouldContain(s => s!.StartsWith("Disturbing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_after_a_refused_claim_is_decided_on_the_claim_that_is_recorded()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        string[] far =
        [
            """{"command": "registerSource", "key": "s2", "body": {"id": "far", "kind": "article", "title": "A report", "publisher": "gazette", "timeZone": "Asia/Tokyo"}}""",
            """{"command": "captureVersion", "target": "far", "key": "v2", "body": {"edition": "print", "seen": true}}""",
        ];
        string InFar(int n) => Claim(n).Replace("\"report\"", "\"far\"", StringComparison.Ordinal).Replace("\"key\": \"c", "\"key\": \"far", StringComparison.Ordinal);
        await ImportAsync(one, [.. Basics, .. far, .. Enumerable.Range(1, 30).Select(Claim)]);

        // The other node does not know these ids. It treats them as new until the append refuses them.
        var answers = await ImportAsync(other, Enumerable.Range(1, 31).SelectMany(n => new[] { InFar(n), Denial($"c{n}", n) }));

        answers.Where((_, i) => i % 2 == 0).Select(a => a.GetProperty("status").GetInt32()).ShouldBe([.. Enumerable.Repeat(409, 30), 201]);
        answers.Where((_, i) => i % 2 == 1).Select(a => a.GetProperty("status").GetInt32()).ShouldBe(Enumerable.Repeat(201, 31));
        async Task<string> PublishedAsync(string id) => (await EventsAsync(other, id))[^1].GetProperty("data").GetProperty("publishedAt").GetProperty("from").GetString()!;
        (await PublishedAsync("c1")).ShouldStartWith("2018-08-04T00:00:00");
        (await PublishedAsync("c30")).ShouldStartWith("2018-08-04T00:00:00");
        (await PublishedAsync("c31")).ShouldStartWith("2018-08-03T15:00:00");
    }

    [Fact]
    public async Task Exports_stream_every_event_every_claim_and_every_notice()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ImportAsync(ledger, [.. Basics, Claim(1), Claim(2)]);
        await ledger.RecordAsync("/v1/assertions/c1/corrections",
            """{"publisher": "gazette", "text": "Was \"1\", is 2.", "url": "https://example.org/n", "reason": "slip", "changes": [{"field": "figures/n", "before": 1, "after": 2}]}""");

        var events = (await ledger.Public.GetStringAsync(new Uri("/v1/export", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        events.Length.ShouldBe(6);
        JsonElement.Parse(events[^1]).GetProperty("type").GetString().ShouldBe("ledger.correction_issued.v1");
        var (_, feed) = await ledger.GetAsync("/v1/export?format=datafeed");
        feed.GetProperty("dataFeedElement").GetArrayLength().ShouldBe(2);
        var csv = await ledger.Public.GetStringAsync(new Uri("/v1/export?format=csv", UriKind.Relative));
        csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        csv.ShouldContain("\"Was \"\"1\"\", is 2.\"");
        (await ledger.Public.GetStringAsync(new Uri("/v1/export?asOf=4", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_retelling_records_source_version_claims_and_links_and_receives_later_upstream_changes()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();

        var answer = await ledger.RecordAsync("/v1/retellings",
            """{"publisher": "daily-caller", "url": "https://example.org/retold", "title": "FICTIONAL retelling", "publishedAt": "2018-08-05", "of": ["t06", "t07"]}""");

        var types = answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()).ToList();
        types.ShouldBe(["source_registered", "version_captured", "claim_recorded", "linked", "claim_recorded", "linked"]);
        await ledger.RecordAsync("/v1/assertions/t06/corrections",
            """{"publisher": "the-telegraph", "text": "FICTIONAL", "url": "https://example.org/f", "reason": "fictional", "changes": [{"field": "figures/workers", "before": 1237, "after": 1200}]}""");
        await ledger.SettleAsync();
        var (_, feed) = await ledger.GetAsync("/v1/events?types=upstream_changed");
        var restated = answer.GetProperty("events")[2].GetProperty("stream").GetString();
        feed.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("subject").GetString()).ShouldContain(restated);
    }

    private static string Claim(int n) => $$$"""
        {"command": "recordClaim", "key": "c{{{n}}}", "body": {"id": "c{{{n}}}", "proposition": "It is {{{n}}}", "source": {"id": "report", "version": 1}, "attribution": [], "figures": [{"name": "n", "value": {{{n}}}}]}}
        """;

    private static string Denial(string id, int n) => $$$"""
        {"command": "denyAssertion", "target": "{{{id}}}", "key": "d{{{n}}}", "body": {"party": "gazette", "statement": "No {{{n}}}.", "contests": "whole", "citation": "made up", "publishedAt": "2018-08-04"}}
        """;

    private static async Task<List<JsonElement>> EventsAsync(RunningLedger ledger, string id)
    {
        await ledger.SettleAsync();
        var (_, page) = await ledger.GetAsync("/v1/events?limit=1000");
        return [.. page.GetProperty("events").EnumerateArray().Where(e => e.GetProperty("subject").GetString() == $"assertion-{id}")];
    }

    private static async Task<List<string?>> SayingsAsync(RunningLedger ledger, string id) =>
        [.. (await EventsAsync(ledger, id)).Select(e => e.GetProperty("data")).Where(d => d.TryGetProperty("statement", out _)).Select(d => d.GetProperty("statement").GetString())];

    private static async Task<List<JsonElement>> ImportAsync(RunningLedger ledger, IEnumerable<string> lines)
    {
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var response = await ledger.Http.PostAsync(new Uri("/v1/import", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];
    }
}
