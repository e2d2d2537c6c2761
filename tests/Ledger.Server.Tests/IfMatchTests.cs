using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class IfMatchTests
{
    private const int Writers = 24;

    [Fact]
    public async Task Of_many_writers_who_saw_the_same_version_one_wins_and_the_others_learn_that_it_is_stale()
    {
        await using var ledger = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(n => ledger.PostAsync(
            "/v1/assertions/c1/denials", Said.Denial($"Denial {n}"), ifMatch: "\"1\"")));

        answers.Count(a => a.Response.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.Response.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(Writers - 1);
        (await ledger.ReadAsync("/v1/assertions/c1")).GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_version_every_write_is_decided_on_the_state_after_the_write_before_it()
    {
        await using var ledger = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(n => ledger.PostAsync(
            "/v1/assertions/c1/denials", Said.Denial($"Denial {n % 12}"))));

        // Each text is recorded, some twice. Only a text that directly follows itself appends nothing.
        answers.ShouldAllBe(a => a.Response.IsSuccessStatusCode);
        var versions = answers.Where(a => a.Response.StatusCode == HttpStatusCode.Created).Select(a => a.Body.GetProperty("version").GetInt64()).Order().ToList();
        versions.ShouldBe(Enumerable.Range(2, versions.Count).Select(n => (long)n));
        versions.Count.ShouldBeInRange(12, Writers);
        var open = (await ledger.ReadAsync("/v1/assertions/c1")).GetProperty("standing").GetProperty("positions").EnumerateArray()
            .Count(p => p.GetProperty("stance").GetString() == "denies" && p.GetProperty("state").GetString() == "open");
        open.ShouldBe(1);
    }

    [Fact]
    public async Task Writers_with_and_without_a_version_race_on_two_nodes_and_nobody_is_lost()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var one = await RunningLedger.StartAsync(database);
        await using var other = await RunningLedger.StartAsync(database);
        await one.RecordBasicsAsync();
        await one.RecordClaimAsync("c1");

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(n => (n % 2 == 0 ? one : other).PostAsync(
            "/v1/assertions/c1/denials", Said.Denial($"Denial {n}"), ifMatch: n % 3 == 0 ? "\"1\"" : null)));

        var held = answers.Where((_, n) => n % 3 == 0).Select(a => a.Response.StatusCode).ToList();
        held.ShouldAllBe(s => s == HttpStatusCode.Created || s == HttpStatusCode.PreconditionFailed);
        held.Count(s => s == HttpStatusCode.Created).ShouldBeLessThanOrEqualTo(1);
        answers.Where((_, n) => n % 3 != 0).Select(a => a.Response.StatusCode).ShouldAllBe(s => s == HttpStatusCode.Created);
        var recorded = answers.Count(a => a.Response.StatusCode == HttpStatusCode.Created);
        foreach (var node in new[] { one, other })
        {
            (await node.ReadAsync("/v1/assertions/c1")).GetProperty("version").GetInt64().ShouldBe(1 + recorded);
        }
    }

    [Fact]
    public async Task A_write_accepts_the_tag_of_a_read_or_of_a_write()
    {
        await using var ledger = await StartAsync();
        var (read, _) = await ledger.GetAsync("/v1/assertions/c1");

        var (first, _) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial(), ifMatch: read.Headers.ETag!.Tag);
        var (second, _) = await ledger.PostAsync("/v1/assertions/c1/denials", Said.Denial("Never"), ifMatch: first.Headers.ETag!.Tag);

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        return ledger;
    }
}
