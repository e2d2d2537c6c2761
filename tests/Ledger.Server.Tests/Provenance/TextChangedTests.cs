using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class TextChangedTests
{
    [Fact]
    public async Task Text_that_changed_without_notice_shows_in_the_view_and_in_lists_at_each_moment()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await StartAsync(ledger);
        var before = await ledger.SettleAsync();

        var capture = await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "There were 1,200 of them."}""");

        (await FlagsAsync(ledger)).ShouldBe(["evidenceOrphaned", "textChangedWithoutNotice"]);
        var position = capture.GetProperty("position").GetInt64();
        (await ListedAsync(ledger, $"&minPosition={position}")).ShouldBe(["c1"]);
        (await ListedAsync(ledger, $"&asOf={before}")).ShouldBeEmpty();
        await ledger.RecordAsync("/v1/assertions/c1/corrections",
            """{"publisher": "gazette", "text": "1,200", "url": "https://example.org/n", "reason": "slip", "changes": [{"field": "figures/n", "before": 1237, "after": 1200}]}""");
        (await FlagsAsync(ledger)).ShouldBe(["evidenceOrphaned"]);
        var head = await ledger.SettleAsync();
        (await ListedAsync(ledger, $"&minPosition={head}")).ShouldBeEmpty();
        (await ListedAsync(ledger, $"&asOf={position}")).ShouldBe(["c1"]);
    }

    [Fact]
    public async Task A_new_text_that_still_has_the_quoted_words_raises_no_flag()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await StartAsync(ledger);

        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "𝄞 Above all:\nthere were 1,237 of them."}""");

        (await FlagsAsync(ledger)).ShouldBeEmpty();
        var (_, versions) = await ledger.GetAsync("/v1/sources/report/versions");
        versions.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_typographic_change_is_flagged_as_such_and_not_as_changed_text()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", more: """, "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "“Café” – 1,237 of\nthem"}}]""");

        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "There were \"Cafe\u0301\" -\u00a01,237 of\r\nthem."}""");

        (await FlagsAsync(ledger)).ShouldBe(["typographicChange"]);
        var head = await ledger.SettleAsync();
        var (_, list) = await ledger.GetAsync($"/v1/assertions?flag=typographicChange&minPosition={head}");
        list.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await ListedAsync(ledger, $"&minPosition={head}")).ShouldBeEmpty();
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "There were “Café” – 1,237 of\nthem."}""");
        (await FlagsAsync(ledger)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_typographic_change_followed_by_changed_words_shows_the_same_in_view_and_lists()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", more: """, "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "“1,237” of them"}}]""");
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "There were \"1,237\" of them."}""");
        var typographic = await ledger.SettleAsync();
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "text": "There were 1,200."}""");
        var head = await ledger.SettleAsync();

        (await FlagsAsync(ledger)).ShouldBe(["evidenceOrphaned", "textChangedWithoutNotice"]);
        (await ListedAsync(ledger, $"&minPosition={head}")).ShouldBe(["c1"]);
        (await ledger.GetAsync($"/v1/assertions?flag=typographicChange&minPosition={head}")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await ledger.GetAsync($"/v1/assertions?flag=typographicChange&asOf={typographic}")).Body.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_later_version_without_the_earlier_value_clears_the_upstream_flags()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.PostAsync("/v1/parties/gazette", """{"name": "The Gazette", "kind": "publisher", "enrolled": true}""", method: HttpMethod.Put);
        await ledger.RecordAsync("/v1/parties", """{"id": "agency", "name": "An agency", "kind": "publisher"}""");
        await ledger.RecordAsync("/v1/sources", """{"id": "wire", "kind": "article", "title": "The wire", "publisher": "agency"}""");
        await ledger.RecordAsync("/v1/sources/wire/versions", """{"edition": "online", "seen": true, "publishedAt": "2020-01-01"}""");
        await ledger.RecordAsync("/v1/assertions", """{"id": "up", "proposition": "There were 1,237", "source": {"id": "wire", "version": 1}, "attribution": [{"party": "agency"}], "figures": [{"name": "n", "value": 1237}]}""");
        await ledger.RecordClaimAsync("c1", more: """, "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "1,237"}}], "links": [{"to": "up", "relation": "restates", "basis": "stated"}]""");
        await ledger.RecordAsync("/v1/assertions/up/corrections",
            """{"publisher": "agency", "text": "1,200", "url": "https://example.org/n", "reason": "slip", "publishedAt": "2020-01-15", "changes": [{"field": "figures/n", "before": 1237, "after": 1200}]}""");
        await UntilAsync(async () => (await FlagsAsync(ledger)).Contains("upstreamChanged"));

        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "publishedAt": "2020-02-01", "text": "There were still 1,237."}""");
        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "publishedAt": "2020-01-10", "text": "An edition from before."}""");
        await ledger.SettleAsync();
        (await FlagsAsync(ledger)).ShouldContain("upstreamChanged");
        (await ledger.GetAsync("/v1/unanswered?publisher=gazette")).Body.GetProperty("items").GetArrayLength().ShouldBe(1);

        await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "revision", "seen": true, "publishedAt": "2020-02-02", "text": "There were 1,200."}""");
        await UntilAsync(async () => !(await FlagsAsync(ledger)).Contains("upstreamChanged"));
        (await FlagsAsync(ledger)).ShouldBe(["evidenceOrphaned", "textChangedWithoutNotice"]);
        var head = await ledger.SettleAsync();
        (await ledger.GetAsync("/v1/unanswered?publisher=gazette")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await ledger.GetAsync($"/v1/assertions?flag=upstreamChanged&minPosition={head}")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        var last = (await ledger.GetAsync("/v1/assertions/c1/history")).Body.GetProperty("entries").EnumerateArray().Last();
        last.GetProperty("type").GetString().ShouldBe("upstream_changed");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task StartAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", more: """, "figures": [{"name": "n", "value": 1237}], "evidence": [{"selector": {"type": "TextQuoteSelector", "exact": "1,237", "prefix": "were "}}]""");
    }

    private static async Task<List<string>> FlagsAsync(RunningLedger ledger)
    {
        var (_, view) = await ledger.GetAsync("/v1/assertions/c1");
        return [.. view.GetProperty("standing").GetProperty("flags").EnumerateArray().Select(f => f.GetProperty("flag").GetString()!).Where(f => f != "singleOrigin")];
    }

    private static async Task<List<string>> ListedAsync(RunningLedger ledger, string more)
    {
        var (_, list) = await ledger.GetAsync("/v1/assertions?flag=textChangedWithoutNotice" + more);
        foreach (var item in list.GetProperty("items").EnumerateArray())
        {
            item.GetProperty("flags").EnumerateArray().Select(f => f.GetString()).ShouldContain("textChangedWithoutNotice");
        }

        return [.. list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
    }
}
