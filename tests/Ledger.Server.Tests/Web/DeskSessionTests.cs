using System.Globalization;
using System.Net;
using Ledger.Domain;
using Ledger.Testing;

namespace Ledger.Server.Tests.Web;

/// <summary>Who gets in at the desk, for how long, and what a session cannot do.</summary>
public sealed class DeskSessionTests(DeskLedger desk) : IClassFixture<DeskLedger>
{
    [Fact]
    public async Task The_desk_asks_for_a_key_and_leads_back_to_the_page_that_was_wanted()
    {
        using var client = new DeskClient(desk.Ledger.BaseAddress);
        using var wanted = await client.GetAsync("/desk/keys");
        wanted.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var signIn = wanted.Headers.Location!.ToString();
        signIn.ShouldBe("/desk/sign-in?from=%2Fdesk%2Fkeys");

        using var wrong = await client.SendAsync(signIn, new() { ["key"] = "ledger_of_nobody" });
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("This key opens nothing");

        using var right = await client.SendAsync(signIn, new() { ["key"] = RunningLedger.AdminKey });
        right.Headers.Location!.ToString().ShouldBe("/desk/keys");
        var cookie = right.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("ledger-desk=", StringComparison.Ordinal)).ToLowerInvariant();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldContain("path=/desk");
        cookie.ShouldNotContain(RunningLedger.AdminKey);
        var page = await client.TextAsync("/desk/keys");
        page.ShouldContain("Make a key");
        page.ShouldContain("noindex");
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/desk/")]
    [InlineData("/desk/\\elsewhere.example")]
    [InlineData("/v1/keys")]
    public async Task Signing_in_never_redirects_to_another_place(string from)
    {
        using var client = new DeskClient(desk.Ledger.BaseAddress);
        using var answer = await client.SendAsync("/desk/sign-in?from=" + Uri.EscapeDataString(from), new() { ["key"] = desk.Author });
        answer.Headers.Location!.ToString().ShouldBe("/desk");
    }

    [Fact]
    public async Task A_session_ends_when_its_key_is_revoked_its_secret_is_rotated_or_the_user_signs_out()
    {
        var (revokedId, revokedSecret) = await desk.KeyAsync("to be revoked", "read");
        var (rotatedId, rotatedSecret) = await desk.KeyAsync("to be rotated", "read");
        using var revoked = await desk.SignInAsync(revokedSecret);
        using var rotated = await desk.SignInAsync(rotatedSecret);
        using var left = await desk.SignInAsync(desk.Author);
        foreach (var client in new[] { revoked, rotated, left })
        {
            await client.TextAsync("/desk");
        }

        (await desk.Ledger.Http.DeleteAsync(new Uri($"/v1/keys/{revokedId}", UriKind.Relative))).EnsureSuccessStatusCode();
        await desk.Ledger.RecordAsync($"/v1/keys/{rotatedId}/rotation", """{"overlapS": 0}""");
        var page = await left.TextAsync("/desk");
        using var signedOut = await left.PostAsync("/desk/sign-out", [KeyValuePair.Create("token", TokenOf(page))]);
        signedOut.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        foreach (var client in new[] { revoked, rotated, left })
        {
            using var answer = await client.GetAsync("/desk");
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }
    }

    [Fact]
    public async Task The_cookie_opens_nothing_but_the_desk()
    {
        using var client = await desk.SignInAsync(RunningLedger.AdminKey);
        var cookies = string.Join("; ", client.Cookies.Select(c => $"{c.Name}={c.Value}"));
        cookies.ShouldContain("ledger-desk=");
        using var read = new HttpRequestMessage(HttpMethod.Get, "/v1/keys") { Headers = { { "Cookie", cookies } } };
        using var write = new HttpRequestMessage(HttpMethod.Post, "/v1/parties") { Headers = { { "Cookie", cookies } }, Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        foreach (var request in new[] { read, write })
        {
            using var answer = await desk.Ledger.Public.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_forged_form_is_refused_and_records_nothing()
    {
        using var client = await desk.SignInAsync(desk.Author);
        List<KeyValuePair<string, string>> honest =
            [.. DeskClient.Hidden(await client.TextAsync("/desk/record/party")), new("id", "forged"), new("name", "Forged"), new("kind", "person")];
        var head = await desk.Ledger.SettleAsync();
        (Func<List<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> Fields, Action<HttpRequestMessage> Prepare)[] forgeries =
        [
            (form => form.Where(f => f.Key != "token"), _ => { }),
            (form => form.Select(f => f.Key == "token" ? new(f.Key, f.Value[..^6] + "AAAAAA") : f), _ => { }),
            (form => form, request => request.Headers.Add("Origin", "https://elsewhere.example")),
            (form => form, request => request.Headers.Add("Origin", "null")),
            (form => form, request => request.Headers.Add("Sec-Fetch-Site", "cross-site")),
        ];
        foreach (var (fields, prepare) in forgeries)
        {
            using var answer = await client.PostAsync("/desk/record/party", fields(honest), prepare);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("did not come from this desk");
        }

        // A token of another person is refused like a missing one.
        using var other = await desk.SignInAsync(desk.Approver);
        using var borrowed = await other.PostAsync("/desk/record/party", honest);
        borrowed.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await desk.Ledger.SettleAsync()).ShouldBe(head);

        using var accepted = await client.PostAsync("/desk/record/party", honest, request => request.Headers.Add("Origin", desk.Ledger.BaseAddress.GetLeftPart(UriPartial.Authority)));
        accepted.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task A_session_may_do_no_more_than_its_key()
    {
        var (_, secret) = await desk.KeyAsync("reader", "read");
        using var client = await desk.SignInAsync(secret);
        foreach (var path in new[] { "/desk/record/claim", "/desk/notices", "/desk/subscriptions", "/desk/erasures", "/desk/keys" })
        {
            using var answer = await client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(12 * 60, false)]
    [InlineData((12 * 60) + 1, true)]
    public void A_session_lasts_for_twelve_hours_at_most(int minutes, bool isOver)
    {
        var begun = DateTimeOffset.Parse("2026-08-04T09:00:00Z", CultureInfo.InvariantCulture);
        DeskAccess.IsOver(WireTime.Format(begun), begun.AddMinutes(minutes), DeskAccess.LifeMax).ShouldBe(isOver);
        DeskAccess.IsOver(null, begun, DeskAccess.LifeMax).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_key_to_seal_sessions_the_desk_says_what_to_set()
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var client = new DeskClient(ledger.BaseAddress);
        using var answer = await client.GetAsync("/desk/sign-in");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Ledger:SecretsKey");
    }

    private static string TokenOf(string page)
    {
        const string Before = "name=\"token\" value=\"";
        var start = page.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return page[start..page.IndexOf('"', start)];
    }
}
