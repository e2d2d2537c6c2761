using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class PagingTests
{
    private const int Claims = 60;

    [Fact]
    public async Task Pages_stay_one_list_while_every_assertion_on_it_changes()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await Task.WhenAll(Enumerable.Range(0, Claims).Select(n => ledger.RecordClaimAsync($"c{n:00}")));
        var expected = await ledger.ListAsync("limit=500");
        var next = 0;

        var ids = new List<string>();
        var page = await ledger.ReadAsync("/v1/assertions?limit=7");
        var position = page.Position;
        while (true)
        {
            ids.AddRange(page.Ids());
            page.Position.ShouldBe(position);
            page.GetProperty("items").EnumerateArray().ShouldAllBe(i => i.GetProperty("label").GetString() == "reported");
            if (!page.TryGetProperty("next", out var cursor))
            {
                break;
            }

            // Assertions before and after the reader's place change, and the lists have caught up before the next page is read.
            var batch = Enumerable.Range(next, 8).Where(n => n < Claims).Select(n => ledger.DenyAsync($"c{(n * 7) % Claims:00}")).ToList();
            next += 8;
            await Task.WhenAll(batch);
            await ledger.ListAsync("limit=1");
            page = await ledger.ReadAsync($"/v1/assertions?limit=7&cursor={cursor.GetString()}");
        }

        ids.ShouldBe(expected);
        (await ledger.ListAsync("label=denied&limit=500")).Count.ShouldBeGreaterThan(Claims / 2);
    }

    [Fact]
    public async Task A_writer_finds_its_own_write_in_a_list_that_it_asks_for_by_position()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        for (var n = 0; n < 20; n++)
        {
            JsonElement denial = await ledger.DenyAsync("c1", $"Denial number{n}");

            (await ledger.ReadAsync($"/v1/assertions?q=number{n}&minPosition={denial.Position}")).Ids().ShouldBe(["c1"]);
        }
    }
}
