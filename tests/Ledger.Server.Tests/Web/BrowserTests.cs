using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>The pages in Chromium, as a reader uses them.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class BrowserTests(DemoInBrowser demo)
{
    private static readonly string[] Pages =
    [
        "/", "/assertions?q=permits", "/assertions/t20", "/sources/telegraph-print", "/sources/telegraph-print/comparison?with=daily-caller",
        "/parties/russia-mfa", "/on", "/v1/certificates?assertion=t20&at=2018-08-04", "/embed/assertions/t20", "/assertions/t20?knownAt=2018-08-02",
    ];

    /// <summary>In the other theme colours alone differ.</summary>
    private static readonly AxeRunOptions OfColours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    [Fact]
    public async Task The_slider_shows_the_headline_turn_from_reported_to_denied_and_back_and_unknown_before_its_publication()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/assertions/t20");
        await SlideAsync(page, "asOf", 0);
        await LabelAsync(page, "reported");
        page.Url.ShouldContain("asOf=");

        await SlideAsync(page, "asOf", 1);
        await LabelAsync(page, "denied");
        await page.GoBackAsync();
        await LabelAsync(page, "reported");
        await page.GoBackAsync();
        await LabelAsync(page, "denied");
        page.Url.ShouldEndWith("/assertions/t20");

        await SlideAsync(page, "knownAt", 0);
        await page.GetByText("It is known from").WaitForAsync();
        page.Url.ShouldContain("knownAt=");
        await SlideAsync(page, "knownAt", 2);
        await LabelAsync(page, "denied");
    }

    [Fact]
    public async Task The_form_shows_another_moment_without_script()
    {
        var page = await OpenAsync(hasScript: false);
        await page.GotoAsync("/assertions/t20");
        await page.FillAsync("#as-of", "79");
        await page.ClickAsync("#moment-form button");
        await LabelAsync(page, "reported");
        page.Url.ShouldEndWith("?asOf=79");
        await page.FillAsync("#as-of", "");
        await page.FillAsync("#known-at", "2018-08-02");
        await page.ClickAsync("#moment-form button");
        await page.GetByText("It is known from").WaitForAsync();
    }

    [Fact]
    public async Task An_event_is_verified_in_the_browser_and_a_doctored_one_is_seen()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/assertions/t20");
        await page.ClickAsync("#event-2 .verify button");
        await page.WaitForSelectorAsync("#event-2 .steps[data-verdict]");
        var steps = await page.InnerTextAsync("#event-2 .steps");
        (await page.GetAttributeAsync("#event-2 .steps", "data-verdict")).ShouldBe("good", steps);
        steps.ShouldContain("The head of the tree is signed by");

        await page.RouteAsync("**/v1/proofs/*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = Doctored(await answer.TextAsync()) });
        });
        await page.ClickAsync("#event-2 .verify button");
        await page.WaitForSelectorAsync("#event-2 .steps[data-verdict=bad]");
        (await page.InnerTextAsync("#event-2 .steps")).ShouldContain("The leaf is not in the signed tree");
    }

    [Theory]
    [InlineData(true, 1280, ColorScheme.Light)]
    [InlineData(true, 390, ColorScheme.Dark)]
    [InlineData(false, 390, ColorScheme.Light)]
    public async Task Every_page_fits_its_window_is_accessible_and_loads_nothing_from_elsewhere(bool hasScript, int width, ColorScheme scheme)
    {
        var page = await OpenAsync(hasScript, width, scheme);
        var foreign = new List<string>();
        var refused = new List<string>();
        var violations = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(demo.Ledger.BaseAddress.ToString(), StringComparison.Ordinal))
            {
                foreign.Add(request.Url);
            }
        };
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                refused.Add(message.Text);
            }
        };
        foreach (var path in Pages)
        {
            await page.GotoAsync(path);
            if (hasScript)
            {
                (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, path);
                violations.AddRange((await page.RunAxe(scheme == ColorScheme.Light ? null : OfColours)).Violations.Select(v => $"{path}: {v.Id} {v.Nodes[0].Html}"));
            }
            else
            {
                (await page.Locator("h1").CountAsync()).ShouldBe(1, path);
            }
        }

        violations.ShouldBeEmpty();
        foreign.ShouldBeEmpty();
        refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_moves_when_the_reader_prefers_reduced_motion()
    {
        var page = await demo.Browser.OpenAsync(demo.Ledger.BaseAddress);
        await page.GotoAsync("/");
        const string Motion = "getComputedStyle(document.documentElement).scrollBehavior + ' ' + [...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0 || parseFloat(getComputedStyle(e).animationDuration) > 0).length";
        (await page.EvaluateAsync<string>(Motion)).ShouldBe("auto 0");
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        (await page.EvaluateAsync<string>(Motion)).ShouldStartWith("smooth ");
    }

    [Fact]
    public async Task The_graph_is_walked_by_keyboard()
    {
        var page = await OpenAsync();
        await page.GotoAsync("/assertions/t20");
        await page.Locator(".graph a[href='/assertions/d30']").PressAsync("Enter");
        await page.Locator("h1", new() { HasTextString = "slave-like" }).WaitForAsync();
        (await page.InnerTextAsync("h1")).ShouldContain("slave-like");
    }

    private Task<IPage> OpenAsync(bool hasScript = true, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        demo.Browser.OpenAsync(demo.Ledger.BaseAddress, hasScript, width, scheme);

    private static Task LabelAsync(IPage page, string label) => page.Locator(".standing.big .badge", new() { HasTextString = label }).WaitForAsync();

    private static async Task SlideAsync(IPage page, string parameter, int stop)
    {
        var slider = page.Locator($"input[type=range][data-parameter={parameter}]");
        await slider.WaitForAsync();
        await slider.EvaluateAsync("(input, stop) => { input.value = stop; input.dispatchEvent(new Event('input')); input.dispatchEvent(new Event('change')); }", stop);
    }

    /// <summary>The same receipt of an event with another word in it.</summary>
    private static string Doctored(string receipt)
    {
        var lines = receipt.Split('\n');
        var content = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(lines[1]["extra ".Length..]));
        content.ShouldContain("rejects");
        lines[1] = "extra " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(content.Replace("rejects", "accepts", StringComparison.Ordinal)));
        return string.Join('\n', lines);
    }
}
