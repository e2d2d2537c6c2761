using System.Net;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

public sealed class ConcurrentWritersTests
{
    private const int Writers = 32;
    private const int CommandsEach = 313;
    private const int Shared = 8;

    [Fact]
    public async Task Ten_thousand_commands_of_thirty_two_writers_on_two_nodes_leave_a_sound_log_and_matching_lists()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        var patient = new Dictionary<string, string?> { ["Ledger:ProjectionWaitMs"] = "120000" };
        await using var one = await RunningLedger.StartAsync(database, patient);
        await using var other = await RunningLedger.StartAsync(database, patient);
        await one.RecordBasicsAsync();
        for (var n = 0; n < Shared; n++)
        {
            await one.RecordClaimAsync($"shared{n}");
        }

        var before = await one.Store.HeadAsync();
        var acknowledged = new Acknowledged();
        var (created, stale) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var node = writer % 2 == 0 ? one : other;
            await node.RecordClaimAsync($"own{writer}");
            for (var n = 0; n < CommandsEach; n++)
            {
                var (path, body, ifMatch) = Command(writer, n);
                var (response, answer) = await node.PostAsync(path, body, ifMatch: ifMatch);
                using (response)
                {
                    switch (response.StatusCode)
                    {
                        case HttpStatusCode.Created:
                            acknowledged.Take(answer);
                            Interlocked.Increment(ref created);
                            break;
                        case HttpStatusCode.PreconditionFailed when ifMatch is not null:
                            Interlocked.Increment(ref stale);
                            break;
                        default:
                            throw new InvalidOperationException($"{response.StatusCode}: {answer}");
                    }
                }
            }
        })));

        (created + stale).ShouldBe(Writers * CommandsEach);
        var log = await acknowledged.ShouldBeInAsync(one.Store);
        log.Count.ShouldBe((int)before + Writers + created);
        await one.ListAsync("limit=1");
        var listed = await RowsAsync(one.Store);
        var folded = log.Where(e => e.Stream.StartsWith("assertion-", StringComparison.Ordinal)).GroupBy(e => e.Stream)
            .Select(s => AssertionRow.Of(Assertion.Fold(s.Select(e => e.ToDomain())))!).ToDictionary(r => r.Id);
        listed.Keys.Order().ShouldBe(folded.Keys.Order());
        foreach (var (id, row) in listed)
        {
            row.ShouldBe(Text(folded[id]));
        }

        (await ClosedStatesAsync(one.Store)).ShouldBe(log.Count(e => e.Stream.StartsWith("assertion-", StringComparison.Ordinal)) - listed.Count);
    }

    /// <summary>
    /// An open request is not recorded twice. Both nodes decide before their commits and overtake each other all the time:
    /// a decision based on an event that was never recorded would record a request twice, or not at all.
    /// </summary>
    [Fact]
    public async Task Two_nodes_that_race_for_the_same_events_record_each_once()
    {
        const int writers = 12, texts = 60;
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        await one.RecordClaimAsync("raced");
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < texts; n++)
            {
                var node = (writer + n) % 2 == 0 ? one : other;
                var body = $$"""{"requester": "ministry", "kind": "reply", "text": "Request {{(n + (writer / 4 * 5)) % texts}}"}""";
                HttpStatusCode status;
                do
                {
                    var (response, answer) = await node.PostAsync("/v1/assertions/raced/requests", body);
                    status = response.StatusCode;
                    response.Dispose();
                    status.ShouldBeOneOf([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict], answer.ToString());
                    if (status != HttpStatusCode.Conflict)
                    {
                        answer.GetProperty("position").GetInt64().ShouldBePositive();
                    }
                }
                while (status == HttpStatusCode.Conflict);
            }
        })));

        var stream = await one.Store.ReadStreamAsync("assertion-raced");
        stream.Select(e => e.ToDomain().Event).OfType<ActionRequested>().Select(r => r.Text)
            .Order().ShouldBe(Enumerable.Range(0, texts).Select(n => $"Request {n}").Order());
    }

    /// <summary>Shared and own assertions, with and without a version that others outrun.</summary>
    private static (string Path, string Body, string? IfMatch) Command(int writer, int n)
    {
        var shared = $"/v1/assertions/shared{(writer + n) % Shared}";
        return (n % 5) switch
        {
            0 => ($"{shared}/denials", Said.Denial($"Denial {writer} {n}"), null),
            1 => ($"{shared}/positions", $$"""{"party": "gazette", "stance": "disputes", "statement": "Dispute {{writer}} {{n}}", "citation": "c"}""", null),
            2 => ("/v1/assertions", $$"""{"id": "new{{writer}}-{{n}}", "proposition": "New {{n}}", "source": {"id": "report", "version": 1}, "attribution": []}""", null),
            3 => ($"{shared}/requests", $$"""{"requester": "ministry", "kind": "reply", "text": "Request {{writer}} {{n}}"}""", $"\"{n}\""),
            _ => ($"/v1/assertions/own{writer}/denials", Said.Denial($"Denial {n}"), null),
        };
    }

    /// <summary>What the list says of each assertion, and what it finds it by.</summary>
    private static async Task<Dictionary<string, string>> RowsAsync(EventStore store)
    {
        await using var command = store.DataSource.CreateCommand($"""
            select {AssertionRow.ItemColumns()}, s.id, s.source, s.publisher, s.parties, s.words, c.words, c.topics
            from (select *, from_pos as position from ledger_read.assertion_current) s join ledger_read.assertion_content c on c.id = s.id and c.number = s.content
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            rows[reader.GetString(AssertionRow.ItemColumnsCount)] = Text(reader);
        }

        return rows;
    }

    private static string Text(NpgsqlDataReader reader)
    {
        const int Id = AssertionRow.ItemColumnsCount;
        return Text(
            AssertionRow.ItemAt(reader, 0), reader.GetString(Id + 1), reader.GetString(Id + 2), reader.GetFieldValue<string[]>(Id + 3),
            reader.GetFieldValue<string[]>(Id + 4), reader.GetFieldValue<string[]>(Id + 5), reader.GetFieldValue<string[]>(Id + 6));
    }

    private static string Text(AssertionRow row) => Text(row.Item, row.Source, row.Publisher, row.Parties, row.Words, row.Content.Words, row.Content.Topics);

    private static string Text(string item, string source, string publisher, params string[][] terms) => JsonSerializer.Serialize(new { item, source, publisher, terms });

    /// <summary>Every event but an assertion's last closes a state.</summary>
    private static async Task<long> ClosedStatesAsync(EventStore store)
    {
        await using var command = store.DataSource.CreateCommand("select count(*) from ledger_read.assertion_history where from_pos < to_pos");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
