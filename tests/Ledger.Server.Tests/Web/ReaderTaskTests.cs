using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>Each task of a reader in Chromium: with script and without, at a desk and with a phone, by pointer and by keyboard alone.</summary>
[Collection(DemoInBrowser.Name)]
public sealed partial class ReaderTaskTests(DemoInBrowser demo)
{
    public static TheoryData<bool, int, bool> Visitors => Visitor.All;

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task An_assertion_is_searched_and_read_at_another_moment(bool hasScript, int width, bool hasPointer)
    {
        var reader = await OpenAsync(hasScript, width, hasPointer);
        await reader.GoToAsync("/");
        await reader.FillInAsync("[role=search] input", "permits");
        await reader.PressAsync("[role=search] button");
        await reader.HeadingAsync("Assertions");
        await reader.ChooseAsync("label", "denied");
        await reader.PressAsync("main form button");
        await reader.PressAsync("main a[href='/assertions/t20']");
        await LabelAsync(reader, "denied");
        await reader.FillAsync("asOf", "79");
        await reader.PressAsync("#moment-form button");
        await LabelAsync(reader, "reported");
        reader.Page.Url.ShouldEndWith("?asOf=79");
        await reader.Page.GoBackAsync();
        await LabelAsync(reader, "denied");
        await reader.FillAsync("knownAt", "2018-08-02");
        await reader.PressAsync("#moment-form button");
        await reader.TextAsync("It is known from");
    }

    [Fact]
    public async Task The_sliders_move_and_an_event_is_verified_by_keyboard_alone()
    {
        var reader = await OpenAsync(hasScript: true, width: 390, hasPointer: false);
        await reader.GoToAsync("/assertions/t20");
        await reader.ReachAsync(reader.Page.Locator("input[type=range][data-parameter=asOf]"));
        await reader.Page.Keyboard.PressAsync("Home");
        await LabelAsync(reader, "reported");
        await reader.Page.Keyboard.PressAsync("End");
        await LabelAsync(reader, "denied");
        await reader.PressAsync("#event-2 .verify button");
        await reader.Page.WaitForSelectorAsync("#event-2 .steps[data-verdict=good]");
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task Two_sources_are_compared_and_a_party_is_read(bool hasScript, int width, bool hasPointer)
    {
        var reader = await OpenAsync(hasScript, width, hasPointer);
        await reader.GoToAsync("/sources/telegraph-print");
        await reader.PressAsync("a[href='/sources/telegraph-print/comparison?with=daily-caller']");
        await reader.Page.Locator("main table").First.WaitForAsync();
        (await reader.Page.InnerTextAsync("main")).ShouldContain("differs", Case.Insensitive);
        await reader.GoToAsync("/assertions/t20");
        await reader.PressAsync("main a[href='/parties/russia-mfa']");
        await reader.HeadingAsync("Russian Ministry of Foreign Affairs");
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task What_was_said_on_a_day_is_certified_and_printed(bool hasScript, int width, bool hasPointer)
    {
        var reader = await OpenAsync(hasScript, width, hasPointer);
        await reader.GoToAsync("/on");
        await reader.FillAsync("assertion", "t20");
        await (hasPointer ? reader.FillAsync("date", "2018-08-04") : TypeDateAsync());
        await reader.PressAsync("text=Certify");
        await reader.HeadingAsync("What was said of t20");
        reader.Page.Url.ShouldContain("2018-08-04");
        PagesOf(await reader.Page.PdfAsync(new() { Format = "A4" })).ShouldBe(1);

        async Task TypeDateAsync()
        {
            await reader.ReachAsync(reader.Page.Locator("[name=date]"));
            await reader.Page.Keyboard.TypeAsync("08042018");
        }
    }

    [Theory]
    [InlineData("/assertions/t20", 4)]
    [InlineData("/sources/telegraph-print", 12)]
    public async Task A_page_is_printed_in_black_on_white_without_what_only_a_screen_needs(string path, int pagesMax)
    {
        var page = await demo.Browser.OpenAsync(demo.Ledger.BaseAddress, scheme: ColorScheme.Dark);
        await page.GotoAsync(path);
        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        foreach (var onScreen in (string[])[".masthead nav", ".find", ".moment"])
        {
            (await page.Locator(onScreen).CountAsync()).ShouldBeLessThanOrEqualTo(1);
            if (await page.Locator(onScreen).CountAsync() == 1)
            {
                (await page.Locator(onScreen).IsVisibleAsync()).ShouldBeFalse(onScreen);
            }
        }

        (await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.querySelector('h1')).color")).ShouldBe("rgb(255, 255, 255)rgb(0, 0, 0)");
        PagesOf(await page.PdfAsync(new() { Format = "A4" })).ShouldBeInRange(1, pagesMax);
    }

    private async Task<Visitor> OpenAsync(bool hasScript, int width, bool hasPointer) => new(await demo.Browser.OpenAsync(demo.Ledger.BaseAddress, hasScript, width), hasPointer);

    private static Task LabelAsync(Visitor reader, string label) => reader.Page.Locator(".standing.big .badge", new() { HasTextString = label }).WaitForAsync();

    private static int PagesOf(byte[] pdf) => PdfPage().Count(Encoding.Latin1.GetString(pdf));

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex PdfPage();
}
