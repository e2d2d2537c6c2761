using System.Net;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class SupersessionTests
{
    private const string Supersedes = """{"to": "old", "relation": "supersedes", "basis": "stated", "because": "noLongerTrue"}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_supersession_shows_on_both_assertions_and_withdrawing_either_copy_withdraws_both(int copy)
    {
        await using var ledger = await StartAsync();
        var answer = await ledger.RecordAsync("/v1/assertions/new/links", Supersedes);
        answer.GetProperty("id").GetString().ShouldBe("new");
        answer.GetProperty("events").GetArrayLength().ShouldBe(2);
        var old = await ledger.ReadAsync("/v1/assertions/old");
        old.Label.ShouldBe("superseded");
        old.GetProperty("standing").GetProperty("lifecycle").GetString().ShouldBe("superseded");
        old.GetProperty("links")[0].GetProperty("supersededBy").GetString().ShouldBe("new");
        (await ledger.ReadAsync("/v1/assertions/new")).Label.ShouldBe("reported");

        var id = answer.GetProperty("events")[copy].GetProperty("id").GetString();
        await ledger.RecordAsync($"/v1/events/{id}/withdrawal", """{"reason": "a slip"}""");

        foreach (var name in new[] { "old", "new" })
        {
            var view = await ledger.ReadAsync($"/v1/assertions/{name}");
            view.Label.ShouldBe("reported");
            view.GetProperty("links").GetArrayLength().ShouldBe(0);
        }
    }

    [Fact]
    public async Task The_same_supersession_again_appends_nothing()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/assertions/new/links", Supersedes);
        var head = await ledger.Store.HeadAsync();

        var (response, _) = await ledger.PostAsync("/v1/assertions/new/links", Supersedes);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.Store.HeadAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task A_longer_cycle_is_refused_with_its_path_until_one_of_its_links_is_withdrawn()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordClaimAsync("middle");
        await ledger.RecordAsync("/v1/assertions/new/links", Derived("middle"));
        var link = await ledger.RecordAsync("/v1/assertions/middle/links", Derived("old"));

        var (refused, problem) = await ledger.PostAsync("/v1/assertions/old/links", Derived("new"));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        problem.GetProperty("type").GetString().ShouldBe("/problems/cycle");
        problem.GetProperty("detail").GetString()!.ShouldContain("assertion-new → assertion-middle → assertion-old");

        await ledger.RecordAsync($"/v1/events/{link.EventId}/withdrawal", """{"reason": "a slip"}""");
        (await ledger.PostAsync("/v1/assertions/old/links", Derived("new"))).Response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task When_two_nodes_record_links_that_close_a_cycle_one_link_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        const int Pairs = 12;
        for (var n = 0; n < Pairs; n++)
        {
            await one.RecordClaimAsync($"left{n}");
            await one.RecordClaimAsync($"right{n}");
        }

        for (var n = 0; n < Pairs; n++)
        {
            var answers = await Task.WhenAll(
                one.PostAsync($"/v1/assertions/left{n}/links", Derived($"right{n}")),
                other.PostAsync($"/v1/assertions/right{n}/links", Derived($"left{n}")));

            answers.Select(a => (int)a.Response.StatusCode).Order().ShouldBe([201, 409]);
            answers.Single(a => !a.Response.IsSuccessStatusCode).Body.GetProperty("type").GetString().ShouldBe("/problems/cycle");
        }
    }

    private static string Derived(string to) => JsonSerializer.Serialize(new { to, relation = "derivedFrom", basis = "stated" });

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("old");
        await ledger.RecordClaimAsync("new");
        return ledger;
    }
}
