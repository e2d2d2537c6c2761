using System.Net.Http.Headers;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests.BadInput;

/// <summary>One ledger for the whole table: nothing in it may change.</summary>
public sealed class BadInputLedger : IAsyncLifetime
{
    private readonly Dictionary<string, string> _ids = [];

    public RunningLedger Ledger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Ledger = await RunningLedger.StartAsync();
        await Ledger.RecordBasicsAsync();
        await Ledger.RecordAsync("/v1/sources", """{"id": "second", "kind": "report", "title": "Another", "publisher": "gazette"}""");
        await Ledger.RecordAsync("/v1/sources/second/versions",
            """{"edition": "print", "seen": true, "basedOn": [{"source": "report", "version": 1, "kind": "reports"}]}""");
        var claim = await Ledger.RecordClaimAsync("c1", more: """, "figures": [{"name": "workers", "value": 1237}]""");
        await Ledger.RecordClaimAsync("c2", more: """, "links": [{"to": "c1", "relation": "derivedFrom", "basis": "stated"}]""");
        await Ledger.RecordClaimAsync("c3");
        await Ledger.RecordAsync("/v1/assertions/c3/retraction", """{"publisher": "gazette", "text": "Taken back.", "reason": "r", "citation": "c"}""");
        var denial = await Ledger.RecordAsync("/v1/assertions/c1/denials",
            """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "https://example.org/denial"}""");
        var party = await Ledger.RecordAsync("/v1/parties", """{"id": "witness", "name": "A witness", "kind": "person"}""");
        (_ids["{claim}"], _ids["{denial}"], _ids["{party}"]) = (EventOf(claim), EventOf(denial), EventOf(party));

        // The policy reports the denial of c1 on c2 a little later. Nothing changes any more only after that.
        await Ledger.SettleAsync();
    }

    public async Task DisposeAsync() => await Ledger.DisposeAsync();

    public Task<long> HeadAsync() => Ledger.Services.GetRequiredService<EventStore>().HeadAsync();

    public string Fill(string text) => _ids.Aggregate(text, (filled, id) => filled.Replace(id.Key, id.Value, StringComparison.Ordinal));

    private static string EventOf(JsonElement answer) => answer.GetProperty("events")[0].GetProperty("id").GetString()!;
}

public sealed class BadInputTests(BadInputLedger fixture) : IClassFixture<BadInputLedger>
{
    private static readonly Dictionary<string, BadCall> Calls =
        new[] { BadBodies.All, BadCommands.All, BadNotices.All, BadReads.All }.SelectMany(c => c).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Fact]
    public async Task Invalid_UTF8_is_refused_inside_a_free_form_value_too()
    {
        var head = await fixture.HeadAsync();
        byte[] body = [.. """{"to": "c2", "relation": "derivedFrom", "basis": "stated", "differences": [{"field": "scope.place", "ours": "x"""u8, 0xF1, .. "\"}]}"u8];
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await fixture.Ledger.Http.PostAsync(new Uri("/v1/assertions/c3/links", UriKind.Relative), content);

        ((int)answer.StatusCode).ShouldBe(400);
        (await fixture.HeadAsync()).ShouldBe(head);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Bad_input_is_refused_with_a_problem_that_says_what_to_do_and_appends_nothing(string name)
    {
        var call = Calls[name];
        var head = await fixture.HeadAsync();
        using var client = fixture.Ledger.Client(call.Headers.Any(h => h.Name == "Authorization") ? null : RunningLedger.AdminKey);
        using var request = call.ToRequest(fixture.Fill);

        using var response = await client.SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(call.Status, text);
        response.Content.Headers.ContentType.ShouldBe(new MediaTypeHeaderValue("application/problem+json"));
        var problem = JsonElement.Parse(text);
        problem.GetProperty("type").GetString().ShouldBe($"/problems/{call.Code}", text);
        problem.GetProperty("status").GetInt32().ShouldBe(call.Status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("detail").GetString()!.ShouldContain(call.Says, Case.Sensitive);
        text.ShouldNotContain("Ledger.");
        text.ShouldNotContain("System.");
        text.ShouldNotContain(".NET");
        (await fixture.HeadAsync()).ShouldBe(head);
    }

    [Fact]
    public void The_table_holds_more_than_150_kinds_of_bad_input() => Calls.Count.ShouldBeGreaterThan(150);

    [Fact]
    public async Task All_wrong_fields_are_named_in_one_answer()
    {
        var (response, problem) = await fixture.Ledger.PostAsync("/v1/parties", """{"name": "", "kind": "", "aliases": [""]}""");

        ((int)response.StatusCode).ShouldBe(400);
        problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order().ShouldBe(["aliases", "kind", "name"]);
    }
}
