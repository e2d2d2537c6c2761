using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>The reference of the API in Chromium: shown, tried, and under the policy of the pages.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class ReferenceTests(DemoInBrowser demo)
{
    [Fact]
    public async Task The_reference_shows_every_operation_and_sends_one_without_foreign_requests_or_browser_errors()
    {
        var page = await demo.Browser.OpenAsync(demo.Ledger.BaseAddress);
        var foreign = new List<string>();
        var complaints = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(demo.Ledger.BaseAddress.ToString(), StringComparison.Ordinal))
            {
                foreign.Add(request.Url);
            }
        };
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Location.Contains("/favicon.ico", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);

        await page.GotoAsync("/docs");
        var read = page.Locator("#operations-Reading-get-v1-assertions-id");
        await read.WaitForAsync();
        var (_, description) = await demo.Ledger.ReadDescriptionAsync();
        (await page.Locator("#reference .opblock").CountAsync()).ShouldBe(description.Operations().Count(o => o.Method != "head"));
        (await page.Locator("#operations-Recording-post-v1-assertions-id-denials").CountAsync()).ShouldBe(1);

        await read.Locator(".opblock-summary-control").ClickAsync();
        await read.Locator(".try-out__btn").ClickAsync();
        await read.Locator("tr[data-param-name=id] input").FillAsync("t20");
        await read.Locator("tr[data-param-name=asOf] input").FillAsync("79");
        await read.Locator("button.execute").ClickAsync();
        await read.Locator(".live-responses-table .response-col_status").First.WaitForAsync();
        (await read.Locator(".live-responses-table .response .response-col_status").InnerTextAsync()).ShouldStartWith("200");
        (await read.Locator(".live-responses-table .highlight-code").First.InnerTextAsync()).ShouldContain("\"t20\"");

        foreign.ShouldBeEmpty();
        complaints.ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
    }
}
