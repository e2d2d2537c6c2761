using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class NoticeTests
{
    private const string Three = """
        {"publisher": "gazette", "kind": "correction", "text": "The number was wrong.", "reason": "misread", "citation": "c", "items": [
         {"assertion": "c1", "changes": [{"field": "figures/workers", "before": 100, "after": 90}]},
         {"assertion": "c2", "changes": [{"field": "figures/workers", "before": 100, "after": 90}]},
         {"assertion": "c3", "changes": [{"field": "figures/workers", "before": 100, "after": 90}]}]}
        """;

    [Fact]
    public async Task A_notice_over_three_assertions_appends_nothing_when_one_has_changed_and_names_it()
    {
        await using var ledger = await StartAsync();
        await ledger.RecordAsync("/v1/assertions/c2/corrections",
            """{"publisher": "gazette", "text": "It was 95.", "reason": "r", "citation": "c", "changes": [{"field": "figures/workers", "before": 100, "after": 95}]}""");
        var head = await ledger.Store.HeadAsync();

        var (response, problem) = await ledger.PostAsync("/v1/notices", Three);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        problem.GetProperty("type").GetString().ShouldBe("/problems/stale-before");
        problem.GetProperty("assertion").GetString().ShouldBe("c2");
        problem.GetProperty("current").GetInt32().ShouldBe(95);
        problem.GetProperty("detail").GetString()!.ShouldStartWith("c2: ");
        (await ledger.Store.HeadAsync()).ShouldBe(head);
        (await ledger.ReadAsync("/v1/assertions/c1")).Label.ShouldBe("reported");
        (await ledger.ReadAsync("/v1/assertions/c3")).Label.ShouldBe("reported");
    }

    [Fact]
    public async Task A_notice_over_three_assertions_is_one_append_at_contiguous_positions()
    {
        await using var ledger = await StartAsync();
        var head = await ledger.Store.HeadAsync();

        var answer = await ledger.RecordAsync("/v1/notices", Three);

        answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("position").GetInt64()).ShouldBe([head + 1, head + 2, head + 3]);
        foreach (var id in new[] { "c1", "c2", "c3" })
        {
            var view = await ledger.ReadAsync($"/v1/assertions/{id}");
            view.Label.ShouldBe("corrected");
            view.GetProperty("figures")[0].GetProperty("value").GetInt32().ShouldBe(90);
        }
    }

    [Fact]
    public async Task Two_concurrent_notices_over_the_same_assertions_in_different_order_are_both_answered()
    {
        await using var ledger = await StartAsync();
        var texts = Enumerable.Range(0, 20).Select(n => $$"""
            {"publisher": "gazette", "kind": "concern", "text": "Concern {{n}}", "reason": "r", "citation": "c",
             "items": [{"assertion": "{{(n % 2 == 0 ? "c1" : "c3")}}"}, {"assertion": "c2"}, {"assertion": "{{(n % 2 == 0 ? "c3" : "c1")}}"}]}
            """);

        var answers = await Task.WhenAll(texts.Select(text => ledger.PostAsync("/v1/notices", text))).WaitAsync(TimeSpan.FromSeconds(60));

        answers.ShouldAllBe(a => a.Response.StatusCode == HttpStatusCode.Created);
        (await ledger.ReadAsync("/v1/assertions/c2")).GetProperty("version").GetInt64().ShouldBe(21);
    }

    private static async Task<RunningLedger> StartAsync()
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        foreach (var id in new[] { "c1", "c2", "c3" })
        {
            await ledger.RecordClaimAsync(id, more: """, "figures": [{"name": "workers", "value": 100}]""");
        }

        return ledger;
    }
}
