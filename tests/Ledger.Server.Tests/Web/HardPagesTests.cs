using System.Security.Cryptography;
using Ledger.Testing;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>
/// Pages that are hard to lay out: an empty ledger, writing from right to left, Chinese, words without a gap, a history of a hundred events; and the desk.
/// Where LEDGER_SCREENSHOTS names a directory the pictures are put there.
/// </summary>
[Collection(DemoInBrowser.Name)]
public sealed class HardPagesTests(DemoInBrowser demo)
{
    private const int Events = 100;
    private const int LongWord = 2_000;

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Every_page_fits_its_window(int width)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:SecretsKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });
        var page = await demo.Browser.OpenAsync(ledger.BaseAddress, width: width);
        await DrawAsync(page, "empty", "/", width);
        await RecordAsync(ledger);

        await DrawAsync(page, "front-of-many-languages", "/", width);
        await DrawAsync(page, "arabic", "/assertions/arabic", width);
        await DrawAsync(page, "chinese", "/assertions/chinese", width);
        await DrawAsync(page, "long-word", "/assertions/long", width);
        await DrawAsync(page, "long-history", "/assertions/disputed", width);

        await DrawAsync(page, "desk-sign-in", "/desk/sign-in", width);
        await page.FillAsync("#key", RunningLedger.AdminKey);
        await page.ClickAsync("main button");
        await page.Locator("h1", new() { HasTextString = "Desk" }).WaitForAsync();
        await DrawAsync(page, "desk", "/desk", width);
        await DrawAsync(page, "desk-claim", "/desk/record/claim", width);
        await DrawAsync(page, "desk-subscription", "/desk/subscriptions/partner", width);
        await page.Context.CloseAsync();
    }

    private static async Task RecordAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        (string Id, string Proposition, string Language)[] claims =
        [
            ("arabic", "قالت الوزارة إن 12700 تصريح عمل صدرت قبل 11 سبتمبر (UN Resolution 2375)", "ar"), ("chinese", "外交部表示，這些合同是在九月十一日之前簽訂的，因此並不違反聯合國的禁令。", "zh"),
            ("long", new string('w', LongWord), "en"), ("disputed", "It is so", "en"),
        ];
        foreach (var (id, proposition, language) in claims)
        {
            await ledger.RecordAsync("/v1/assertions", $$"""{"id": "{{id}}", "proposition": "{{proposition}}", "language": "{{language}}", "source": {"id": "report", "version": 1}, "attribution": [{"party": "ministry"}]}""");
            await ledger.RecordAsync($"/v1/assertions/{id}/denials", $$"""{"party": "ministry", "statement": "{{proposition}}", "contests": "whole", "citation": "https://example.org/{{new string('a', 200)}}"}""");
        }

        for (var n = 2; n < Events; n++)
        {
            await ledger.RecordAsync("/v1/assertions/disputed/denials", Said.Denial($"No, for the {n}th time"));
        }

        await ledger.RecordAsync("/v1/subscriptions", """{"id": "partner", "name": "A partner paper", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}, "from": "now"}""");
        await using var finished = ledger.Store.DataSource.CreateCommand("""
            insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count, finished_at)
            select 'partner', n, gen_random_uuid(), 'party-gazette', 'party_recorded', now() - n * interval '7 minutes' - interval '2 seconds', case when n % 40 = 0 then 'skipped' else 'delivered' end,
              case when n % 7 = 0 then '[{}, {}]'::jsonb else '[{}]'::jsonb end, 1, now() - (n + n % 13) * interval '7 minutes'
            from generate_series(1, 180) n
            """);
        await finished.ExecuteNonQueryAsync();
        await ledger.SettleAsync();
    }

    private static async Task DrawAsync(IPage page, string name, string path, int width)
    {
        await page.GotoAsync(path);
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        overflow.ShouldBeLessThanOrEqualTo(0, $"{path} is wider than {width}");
        var picture = await page.ScreenshotAsync(new() { FullPage = !path.EndsWith("disputed", StringComparison.Ordinal) });
        picture.Length.ShouldBeGreaterThan(1_000);
        if (Environment.GetEnvironmentVariable("LEDGER_SCREENSHOTS") is { Length: > 0 } directory)
        {
            await File.WriteAllBytesAsync(Path.Combine(directory, $"{name}{(width < 600 ? "-phone" : "")}.png"), picture);
        }
    }
}
