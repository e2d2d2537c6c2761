using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class IdempotencyTests
{
    private const int Senders = 50;

    [Fact]
    public async Task The_same_key_sent_fifty_times_at_once_gives_one_event_and_fifty_equal_answers()
    {
        await using var ledger = await StartAsync();
        var head = await ledger.Store.HeadAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial(), key: "once")));

        answers.ShouldAllBe(a => a.Response.StatusCode == HttpStatusCode.Created);
        answers.Select(a => a.Body.GetRawText()).Distinct().ShouldHaveSingleItem();
        answers.Count(a => a.Response.Headers.Contains("Idempotent-Replayed")).ShouldBe(Senders - 1);
        answers.Select(a => (a.Response.Headers.ETag!.Tag, a.Response.Headers.Location!.ToString())).Distinct().ShouldHaveSingleItem();
        (await ledger.Store.HeadAsync()).ShouldBe(head + 1);
    }

    [Theory]
    [InlineData("/v1/assertions", """{"id": "c9", "proposition": "P", "source": {"id": "report", "version": 1}, "attribution": []}""")]
    [InlineData("/v1/assertions", """{"proposition": "P", "source": {"id": "report", "version": 1}, "attribution": []}""")]
    [InlineData("/v1/parties", """{"name": "Somebody", "kind": "person"}""")]
    [InlineData("/v1/sources/report/versions", """{"edition": "second", "seen": true}""")]
    public async Task A_creation_sent_again_under_its_key_by_two_nodes_gives_the_first_answer(string path, string body)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        var head = await one.Store.HeadAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Senders).Select(n => (n % 2 == 0 ? one : other).PostAsync(path, body, key: "made-once")));

        answers.ShouldAllBe(a => a.Response.StatusCode == HttpStatusCode.Created);
        answers.Select(a => a.Body.GetRawText()).Distinct().ShouldHaveSingleItem();
        (await one.Store.HeadAsync()).ShouldBe(head + 1);
    }

    [Theory]
    [InlineData("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "Another", "contests": "whole", "citation": "c"}""")]
    [InlineData("/v1/assertions/c2/denials", """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "https://example.org/denial"}""")]
    public async Task A_key_that_belongs_to_another_request_is_refused(string path, string body)
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/assertions/c1/denials", Said.Denial(), key: "taken");
        var head = await ledger.Store.HeadAsync();

        var (response, problem) = await ledger.PostAsync(path, body, key: "taken");

        ((int)response.StatusCode).ShouldBe(422);
        problem.GetProperty("type").GetString().ShouldBe("/problems/idempotency-key-reused");
        (await ledger.Store.HeadAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        await using var ledger = await StartAsync();
        const string Late = """{"to": "c5", "relation": "restates", "basis": "stated"}""";
        (await ledger.PostAsync("/v1/assertions/c1/links", Late, key: "again")).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await ledger.RecordClaimAsync("c5");

        var (response, _) = await ledger.PostAsync("/v1/assertions/c1/links", Late, key: "again");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task What_appended_nothing_is_remembered_too()
    {
        await using var ledger = await StartAsync();
        var denial = await ledger.DenyAsync("c1");
        var (first, firstBody) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial(), key: "nothing-new");
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ledger.RecordAsync($"/v1/events/{denial.EventId}/withdrawal", """{"reason": "r", "citation": "c"}""");
        var head = await ledger.Store.HeadAsync();

        var (second, secondBody) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial(), key: "nothing-new");

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        secondBody.GetRawText().ShouldBe(firstBody.GetRawText());
        (await ledger.Store.HeadAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task A_key_without_quotes_is_the_same_key()
    {
        await using var ledger = await StartAsync();
        var first = await ledger.RecordAsync("/v1/assertions/c1/denials", Said.Denial(), key: "plain");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/assertions/c1/denials")
        {
            Content = new StringContent(Said.Denial(), System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", "plain" } },
        };

        // The charset beside the media type changes nothing: the body is the same bytes.
        using var response = await ledger.Http.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).ShouldBe(first.GetRawText());
        response.Headers.Contains("Idempotent-Replayed").ShouldBeTrue();
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordClaimAsync("c2");
        return ledger;
    }
}
