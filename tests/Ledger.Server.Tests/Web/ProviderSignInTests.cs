using System.Net;
using System.Security.Cryptography;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Web;

/// <summary>Signing in to the desk at an identity provider.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class ProviderSignInTests(DemoInBrowser demo)
{
    [Fact]
    public async Task A_user_of_the_provider_works_at_the_desk_as_the_principal_of_the_token()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var ledger = await StartAsync(provider);
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        using var client = new DeskClient(ledger.BaseAddress);
        var signIn = await client.TextAsync("/desk/sign-in?from=/desk/record/denial?target=c1");
        signIn.ShouldContain("The Gazette");
        signIn.ShouldContain("/desk/sign-in/provider?from=%2Fdesk%2Frecord%2Fdenial%3Ftarget%3Dc1");

        using var page = await client.FollowAsync("/desk/sign-in/provider?from=" + Uri.EscapeDataString("/desk/record/denial?target=c1"));
        page.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe("/desk/record/denial?target=c1");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var sent = await client.SendAsync("/desk/record/denial?target=c1", new() { ["target"] = "c1", ["party"] = "ministry", ["statement"] = "No", ["citation"] = "a letter" });
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var by = (await ledger.ReadAsync("/v1/assertions/c1/history")).GetProperty("entries")[1].GetProperty("recordedBy").GetString()!;
        by.ShouldStartWith("jwt-");
        by.ShouldNotContain("someone");
        using var forbidden = await client.GetAsync("/desk/keys");
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var signedOut = await client.SendAsync("/desk/record/party", [], "/desk/sign-out");
        signedOut.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var after = await client.GetAsync("/desk");
        after.Headers.Location!.ToString().ShouldStartWith("/desk/sign-in");
    }

    [Theory]
    [InlineData("denied")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("id token")]
    [InlineData("access token")]
    [InlineData("no access token")]
    [InlineData("audience")]
    public async Task A_faulty_answer_of_the_provider_signs_nobody_in(string fault)
    {
        await using var provider = await TestProvider.StartAsync();
        provider.Fault = fault;
        await using var ledger = await StartAsync(provider);
        using var client = new DeskClient(ledger.BaseAddress);

        using var refused = await client.FollowAsync("/desk/sign-in/provider");
        refused.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe("/desk/sign-in?provider=refused");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("role=\"alert\"");
        client.Cookies.ShouldNotContain(c => c.Name == "ledger-desk");
    }

    [Fact]
    public async Task A_session_ends_after_its_time_and_sign_in_never_returns_to_another_site()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var ledger = await StartAsync(provider, ("Ledger:Desk:OpenIdConnect:SessionMax", "00:00:03"));
        using var client = new DeskClient(ledger.BaseAddress);
        using var page = await client.FollowAsync("/desk/sign-in/provider?from=" + Uri.EscapeDataString("//elsewhere.example/desk"));
        page.RequestMessage!.RequestUri!.ToString().ShouldStartWith(ledger.BaseAddress + "desk");

        await UntilAsync(async () =>
        {
            using var answer = await client.GetAsync("/desk");
            return answer.StatusCode == HttpStatusCode.SeeOther;
        }, "the session ends");
    }

    [Fact]
    public async Task An_unreachable_provider_gives_503_keys_still_sign_in_and_no_provider_gives_404()
    {
        var gone = await TestProvider.StartAsync();
        var url = gone.Url;
        await gone.DisposeAsync();
        await using var ledger = await StartAsync(url);
        using var client = new DeskClient(ledger.BaseAddress);
        using var away = await client.GetAsync("/desk/sign-in/provider");
        away.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var byKey = await client.SendAsync("/desk/sign-in", new() { ["key"] = RunningLedger.AdminKey });
        byKey.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        await using var alone = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:SecretsKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });
        using var without = new DeskClient(alone.BaseAddress);
        using var none = await without.GetAsync("/desk/sign-in/provider");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Should.ThrowAsync<InvalidOperationException>(async () => await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:Desk:OpenIdConnect:ClientId"] = "x" }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_browser_one_press_signs_in(bool hasScript)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var ledger = await StartAsync(provider);
        var page = await demo.Browser.OpenAsync(ledger.BaseAddress, hasScript);
        await page.GotoAsync("/desk/record/party");
        await page.ClickAsync("text=Sign in with The Gazette");
        await page.FillAsync("#f-name", "The Union");
        await page.FillAsync("#f-kind", "body");
        await page.ClickAsync("form.question button");
        await page.Locator("h1", new() { HasTextString = "Recorded" }).WaitForAsync();
    }

    private static Task<RunningLedger> StartAsync(TestProvider provider, params (string Name, string Value)[] more) => StartAsync(provider.Url, more);

    private static Task<RunningLedger> StartAsync(string authority, params (string Name, string Value)[] more) => RunningLedger.StartAsync(settings: new Dictionary<string, string?>(more.Select(m => KeyValuePair.Create(m.Name, (string?)m.Value)))
    {
        ["Ledger:SecretsKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["Ledger:Jwt:Authority"] = authority,
        ["Ledger:Desk:OpenIdConnect:ClientId"] = TestProvider.ClientId,
        ["Ledger:Desk:OpenIdConnect:ClientSecret"] = TestProvider.ClientSecret,
        ["Ledger:Desk:OpenIdConnect:Scope"] = "openid read record",
        ["Ledger:Desk:OpenIdConnect:Name"] = "The Gazette",
    });
}
