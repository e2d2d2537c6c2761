using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>Somebody at a page, who uses a pointer or nothing but the keyboard.</summary>
internal sealed class Visitor(IPage page, bool hasPointer)
{
    /// <summary>The tab key goes through everything on a page before it gives up.</summary>
    private const int StopsMax = 150;

    internal IPage Page => page;

    /// <summary>With script or without, at a desk or with a phone, by pointer or by keyboard: each of the three is met with either of the other two.</summary>
    internal static TheoryData<bool, int, bool> All => new() { { true, 1280, true }, { true, 390, false }, { false, 390, true }, { false, 1280, false } };

    internal Task GoToAsync(string path) => page.GotoAsync(path);

    /// <summary>Waits for a page with such a heading.</summary>
    internal async Task HeadingAsync(string text)
    {
        try
        {
            await page.Locator("h1", new() { HasTextString = text }).First.WaitForAsync();
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"no heading '{text}' at {page.Url}, where stands: {await page.InnerTextAsync("body")}", late);
        }
    }

    /// <summary>Waits for such a text.</summary>
    internal Task TextAsync(string text) => page.GetByText(text).First.WaitForAsync();

    /// <summary>Opens what a link, a button or a summary stands for.</summary>
    internal async Task PressAsync(string selector)
    {
        var target = page.Locator(selector).First;
        if (hasPointer)
        {
            await target.ClickAsync();
            return;
        }

        await ReachAsync(target);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Writes into a field, in place of what stood there.</summary>
    internal Task FillAsync(string name, string text) => FillInAsync($"main [name='{name}']", text);

    /// <summary>The same for a field that a selector finds.</summary>
    internal async Task FillInAsync(string selector, string text)
    {
        var field = page.Locator(selector).First;
        if (hasPointer)
        {
            await field.FillAsync(text);
            return;
        }

        await ReachAsync(field);
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Ticks a box.</summary>
    internal async Task TickAsync(string id)
    {
        var box = page.Locator($"[id='{id}']");
        if (hasPointer)
        {
            await box.CheckAsync();
            return;
        }

        await ReachAsync(box);
        await page.Keyboard.PressAsync("Space");
    }

    /// <summary>Chooses one of several.</summary>
    internal async Task ChooseAsync(string name, string value)
    {
        var field = Field(name);
        if (hasPointer)
        {
            await field.SelectOptionAsync(value);
            return;
        }

        await ReachAsync(field);
        for (var step = 0; await field.InputValueAsync() != value; step++)
        {
            step.ShouldBeLessThan(StopsMax, $"the arrow key does not reach {value} of {name}");
            await page.Keyboard.PressAsync("ArrowDown");
        }
    }

    /// <summary>Signs in with a key, and reaches the desk.</summary>
    internal async Task SignInAsync(string secret)
    {
        await GoToAsync("/desk");
        await FillAsync("key", secret);
        await PressAsync("main form button");
        await HeadingAsync("Desk");
    }

    /// <summary>Signs out.</summary>
    internal async Task SignOutAsync()
    {
        await PressAsync("button:has-text('Sign out')");
        await Field("key").WaitForAsync();
    }

    /// <summary>Goes to an element as somebody does who has no pointer.</summary>
    internal async Task ReachAsync(ILocator target)
    {
        await target.WaitForAsync();
        for (var stop = 0; !await target.EvaluateAsync<bool>("element => element === document.activeElement"); stop++)
        {
            stop.ShouldBeLessThan(StopsMax, $"the tab key does not reach {target}");
            await page.Keyboard.PressAsync("Tab");
        }
    }

    private ILocator Field(string name) => page.Locator($"main [name='{name}']").First;
}
