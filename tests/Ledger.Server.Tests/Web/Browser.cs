using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>The machine's own Chromium, driven by Playwright; one for all tests of pages, closed at the end.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>The machine may be busy: this bounds the wait for an expected result and asserts no speed.</summary>
    private const float TimeoutMs = 90_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("LEDGER_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu"], // CI runs as root, where Chromium has no sandbox.
            Timeout = TimeoutMs,
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>A tab with nothing kept from others.</summary>
    internal async Task<IPage> OpenAsync(Uri site, bool hasScript = true, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = site.ToString(), JavaScriptEnabled = hasScript, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(TimeoutMs);
        return await context.NewPageAsync();
    }
}

/// <summary>A ledger with the two reports of the demonstration and a browser, shared by the tests that only read.</summary>
[CollectionDefinition(Name)]
public sealed class DemoInBrowser : IAsyncLifetime, ICollectionFixture<DemoInBrowser>
{
    /// <summary>The name of the collection of tests.</summary>
    public const string Name = "pages in a browser";

    public Browser Browser { get; } = new();

    internal Ledger.Testing.RunningLedger Ledger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Ledger = await Testing.RunningLedger.StartAsync();
        await Ledger.RecordDemoAsync();
        await Ledger.SettleAsync();
        await Browser.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
