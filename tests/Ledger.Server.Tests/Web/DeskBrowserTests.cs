using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Ledger.Testing;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>The desk in Chromium, as an editor uses it.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class DeskBrowserTests(DemoInBrowser demo, DeskLedger desk) : IClassFixture<DeskLedger>
{
    private static readonly AxeRunOptions OfColours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    [Theory]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    public async Task A_correction_goes_from_the_pasted_address_to_the_feed_by_two_people(bool hasScript, int width)
    {
        var id = hasScript ? "b1" : "b2";
        await desk.ClaimAsync(id, $"1,237 people work at {id}");
        await desk.Ledger.SettleAsync();
        var page = await OpenAsync(hasScript, width);
        await SignInAsync(page, desk.Author);
        await page.FillAsync("#of", "https://www.gazette.example/article?utm_source=feed");
        await page.ClickAsync("text=Work on it");
        await page.CheckAsync($"#tick-{id}");
        await page.ClickAsync("text=Write a notice on those");
        await page.SelectOptionAsync("#f-kind", "correction");
        await page.FillAsync("#f-text", "An earlier version gave a wrong number.");
        await page.FillAsync("#f-reason", "The digits were exchanged");
        await page.FillAsync("#f-url", "https://gazette.example/notice");
        await page.FillAsync($"#{id}-proposition", $"1,273 people work at {id}");
        if (hasScript)
        {
            (await page.InnerTextAsync("[data-diff-of] ins")).ShouldBe("273");
        }

        await page.ClickAsync("text=Show the changes");
        await page.Locator(".correction ins").First.WaitForAsync();
        await page.ClickAsync("text=Send for approval");
        await page.GetByText("Who wrote it cannot approve it").WaitForAsync();
        await page.ClickAsync("text=Sign out");
        await page.Locator("#key").WaitForAsync();

        await SignInAsync(page, desk.Approver);
        await page.Locator("main a[href='/desk/notices']").First.ClickAsync();
        await page.Locator("main ul.plain a").First.ClickAsync();
        await page.ClickAsync("text=Approve and record");
        await page.Locator("h1", new() { HasTextString = "Recorded" }).WaitForAsync();
        await page.ClickAsync("text=Its page");
        await page.Locator(".standing.big .badge", new() { HasTextString = "corrected" }).WaitForAsync();
        (await page.InnerTextAsync("h1")).ShouldContain("1,273");
        await desk.Ledger.SettleAsync();
        (await desk.Ledger.Public.GetStringAsync(new Uri("/feeds/corrections.json", UriKind.Relative))).ShouldContain($"1,273 people work at {id}");
    }

    [Fact]
    public async Task A_denial_is_recorded_by_keyboard_alone()
    {
        await desk.ClaimAsync("keyboard");
        var page = await OpenAsync();
        await page.GotoAsync("/desk/record/denial?target=keyboard");
        await TypeIntoAsync(page, "key", desk.Author);
        await page.Keyboard.PressAsync("Enter");
        await TypeIntoAsync(page, "f-party", "ministry");
        await TypeIntoAsync(page, "f-statement", "It is not so");
        await TypeIntoAsync(page, "f-citation", "a letter of 4 August");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("h1", new() { HasTextString = "Recorded" }).WaitForAsync();
        (await desk.Ledger.GetAsync("/v1/assertions/keyboard")).Body.GetProperty("standing").GetProperty("label").GetString().ShouldBe("denied");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_page_of_the_desk_fits_its_window_and_breaks_no_rule_of_access(int width, ColorScheme scheme)
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
        await SignInAsync(page, RunningLedger.AdminKey);
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

    private static async Task SignInAsync(IPage page, string secret)
    {
        await page.GotoAsync("/desk");
        await page.FillAsync("#key", secret);
        await page.ClickAsync("main button");
        await page.Locator("h1", new() { HasTextString = "Desk" }).WaitForAsync();
    }

    /// <summary>Goes to a field with the tab key, as somebody does who has no pointer, and writes into it.</summary>
    private static async Task TypeIntoAsync(IPage page, string id, string text)
    {
        const int StopsMax = 80;
        await page.Locator("#" + id).WaitForAsync();
        for (var stop = 0; await page.EvaluateAsync<string>("document.activeElement.id") != id; stop++)
        {
            stop.ShouldBeLessThan(StopsMax, $"the tab key does not reach {id}");
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.TypeAsync(text);
    }
}
