using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>
/// Makes the pictures of docs/screenshots, where LEDGER_SCREENSHOTS names the directory to put them in. Without it the pages are drawn all the same
/// and kept nowhere, so that a page that cannot be drawn is seen.
/// </summary>
[Collection(DemoInBrowser.Name)]
public sealed class ScreenshotTests(DemoInBrowser demo)
{
    private const int PictureBytesMin = 5_000;

    [Theory]
    [InlineData("front", "/", 1280, ColorScheme.Light)]
    [InlineData("assertion", "/assertions/t20", 1280, ColorScheme.Light)]
    [InlineData("assertion-dark", "/assertions/t20", 1280, ColorScheme.Dark)]
    [InlineData("assertion-phone", "/assertions/t20", 390, ColorScheme.Light)]
    [InlineData("comparison", "/sources/telegraph-print/comparison?with=daily-caller", 1280, ColorScheme.Light)]
    [InlineData("certificate", "/v1/certificates?assertion=t20&at=2018-08-04", 1280, ColorScheme.Light)]
    public async Task A_screenshot_of_a_page_is_taken(string name, string path, int width, ColorScheme scheme)
    {
        var page = await demo.Browser.OpenAsync(demo.Ledger.BaseAddress, width: width, scheme: scheme);
        await page.GotoAsync(path);
        var picture = await page.ScreenshotAsync(new() { FullPage = path.StartsWith("/assertions/", StringComparison.Ordinal) });
        picture.Length.ShouldBeGreaterThan(PictureBytesMin);
        if (Environment.GetEnvironmentVariable("LEDGER_SCREENSHOTS") is { Length: > 0 } directory)
        {
            await File.WriteAllBytesAsync(Path.Combine(directory, name + ".png"), picture);
        }
    }
}
