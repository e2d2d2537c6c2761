using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Ledger.Testing;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>How the pages of the desk look in Chromium.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class DeskBrowserTests(DemoInBrowser demo, DeskLedger desk) : IClassFixture<DeskLedger>
{
    private static readonly AxeRunOptions OfColours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_page_of_the_desk_fits_its_window_and_is_accessible(int width, ColorScheme scheme)
    {
        var id = $"axe-{width}";
        await desk.ClaimAsync(id, "1,237 people work there", """, "figures": [{"name": "people", "value": 1237, "unit": "people"}]""");
        await desk.Ledger.RecordAsync($"/v1/assertions/{id}/requests", """{"requester": "ministry", "kind": "correction", "text": "Please correct the number"}""");
        await desk.Ledger.SettleAsync();
        using var author = await desk.SignInAsync(desk.Author);
        using var sent = await author.SendAsync($"/desk/notices/new?assertion={id}", new()
        {
            ["publisher"] = "gazette", ["kind"] = "correction", ["text"] = "A slip", ["reason"] = "A slip", ["citation"] = "a letter", [$"{id}.proposition"] = "1,273 people", [$"{id}.figure0"] = "1273",
            ["do"] = "send",
        });
        var page = await OpenAsync(width: width, scheme: scheme);
        var refused = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                refused.Add(message.Text);
            }
        };
        var violations = new List<string>();
        await page.GotoAsync("/desk/sign-in");
        await CheckAsync("/desk/sign-in");
        await new Visitor(page, hasPointer: true).SignInAsync(RunningLedger.AdminKey);
        string[] paths =
        [
            "/desk", "/desk/find?of=https%3A%2F%2Fx.example%2F1", "/desk/sources/article", $"/desk/assertions/{id}", $"/desk/notices/new?assertion={id}", "/desk/notices",
            sent.Headers.Location!.ToString(), "/desk/record/claim", "/desk/record/source", $"/desk/record/denial?target={id}", "/desk/answers", "/desk/subscriptions", "/desk/erasures", "/desk/keys",
            "/desk/recorded/1",
        ];
        foreach (var path in paths)
        {
            await page.GotoAsync(path);
            await CheckAsync(path);
        }

        violations.ShouldBeEmpty();
        refused.ShouldBeEmpty();

        async Task CheckAsync(string path)
        {
            (await page.Locator("h1").CountAsync()).ShouldBe(1, path);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, path);
            violations.AddRange((await page.RunAxe(scheme == ColorScheme.Light ? null : OfColours)).Violations.Select(v => $"{path}: {v.Id} {v.Nodes[0].Html}"));
        }
    }

    private Task<IPage> OpenAsync(bool hasScript = true, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        demo.Browser.OpenAsync(desk.Ledger.BaseAddress, hasScript, width, scheme);
}
