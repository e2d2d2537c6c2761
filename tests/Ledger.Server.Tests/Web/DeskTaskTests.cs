using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;
using Microsoft.Playwright;

namespace Ledger.Server.Tests.Web;

/// <summary>Each task of the desk in Chromium: with script and without, at a desk and with a phone, by pointer and by keyboard alone.</summary>
[Collection(DemoInBrowser.Name)]
public sealed class DeskTaskTests(DemoInBrowser demo, DeskLedger desk) : IClassFixture<DeskLedger>
{
    public static TheoryData<bool, int, bool> Visitors => Visitor.All;

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task A_correction_goes_from_the_pasted_address_to_page_feed_and_alert_by_two_people(bool hasScript, int width, bool hasPointer)
    {
        var id = Name("notice", hasScript, width);
        await desk.ClaimAsync(id, $"1,237 people work at {id}");
        await using var alerts = await WebhookReceiver.StartAsync();
        await desk.Ledger.SubscribeAsync($"follows-{id}", alerts.Url, $$"""{"assertions": ["{{id}}"], "types": ["correction_issued"]}""");
        await desk.Ledger.SettleAsync();
        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(desk.Author);
        await editor.FillAsync("of", "https://www.gazette.example/article?utm_source=feed");
        await editor.PressAsync("text=Work on it");
        await editor.TickAsync($"tick-{id}");
        await editor.PressAsync("button:has-text('Write a notice on those')");
        await editor.ChooseAsync("kind", "correction");
        await editor.FillAsync("text", "An earlier version gave a wrong number.");
        await editor.FillAsync("reason", "The digits were exchanged");
        await editor.FillAsync("url", "https://gazette.example/notice");
        await editor.FillAsync($"{id}.proposition", $"1,273 people work at {id}");
        if (hasScript)
        {
            (await editor.Page.InnerTextAsync("[data-diff-of] ins")).ShouldBe("273");
        }

        await editor.PressAsync("text=Show the changes");
        await editor.Page.Locator(".correction ins").First.WaitForAsync();
        await editor.PressAsync("text=Send for approval");
        await editor.TextAsync("Who wrote it cannot approve it");
        await editor.SignOutAsync();

        await editor.SignInAsync(desk.Approver);
        await editor.PressAsync("main a[href='/desk/notices']");
        await editor.PressAsync("main ul.plain a");
        await editor.PressAsync("text=Approve and record");
        await editor.HeadingAsync("Recorded");
        await editor.PressAsync("text=Its page");
        await editor.Page.Locator(".standing.big .badge", new() { HasTextString = "corrected" }).WaitForAsync();
        (await editor.Page.InnerTextAsync("h1")).ShouldContain("1,273");
        await desk.Ledger.SettleAsync();
        (await desk.Ledger.Public.GetStringAsync(new Uri("/feeds/corrections.json", UriKind.Relative))).ShouldContain($"1,273 people work at {id}");
        await SubscriberExtensions.UntilAsync(() => alerts.Taken.Any(), "the alert arrives");
        alerts.Taken.ShouldHaveSingleItem().Event.GetProperty("data").GetProperty("notice").GetProperty("text").GetString().ShouldBe("An earlier version gave a wrong number.");
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task A_party_a_source_a_version_and_a_claim_are_recorded(bool hasScript, int width, bool hasPointer)
    {
        var id = Name("from", hasScript, width);
        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(desk.Author);
        await editor.PressAsync("a[href='/desk/record/party']");
        await editor.FillAsync("id", $"{id}-union");
        await editor.FillAsync("name", "The Union");
        await editor.FillAsync("kind", "body");
        await editor.TickAsync("f-enrolled");
        await RecordAsync(editor);

        await editor.GoToAsync("/desk");
        await editor.PressAsync("a[href='/desk/record/source']");
        await editor.FillAsync("id", id);
        await editor.FillAsync("kind", "decree");
        await editor.FillAsync("title", "A decree");
        await editor.FillAsync("publisher", "ministry");
        await editor.FillAsync("version.edition", "print");
        await editor.TickAsync("f-version-seen");
        await editor.FillAsync("version.text", "Permits were given.");
        await RecordAsync(editor);
        await editor.PressAsync("text=Go on with it at the desk");
        await editor.PressAsync("text=Record a new version");
        await editor.FillAsync("edition", "revision");
        await RecordAsync(editor);

        await editor.PressAsync("text=Go on with it at the desk");
        await editor.PressAsync("text=Record a claim");
        await editor.FillAsync("id", $"{id}-claim");
        await editor.FillAsync("proposition", "12,700 permits were given");
        await editor.ChooseAsync("modality", "hedged");
        await editor.PressAsync("summary:has-text('Attribution 1')");
        await editor.FillAsync("said1.party", $"{id}-union");
        await editor.PressAsync("summary:has-text('Figure 1')");
        await editor.FillAsync("figure1.name", "permits");
        await editor.FillAsync("figure1.value", "12700");
        await RecordAsync(editor);

        var claim = (await desk.Ledger.GetAsync($"/v1/assertions/{id}-claim")).Body;
        claim.GetProperty("source").GetProperty("version").GetInt32().ShouldBe(2);
        claim.GetProperty("modality").GetString().ShouldBe("hedged");
        claim.GetProperty("attribution")[0].GetProperty("party").GetString().ShouldBe($"{id}-union");
        claim.GetProperty("figures")[0].GetProperty("value").GetRawText().ShouldBe("12700");
        (await desk.Ledger.GetAsync($"/v1/parties/{id}-union")).Body.GetProperty("enrolled").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task A_denial_a_position_a_request_its_answer_and_a_withdrawal_are_recorded_and_access_is_restricted(bool hasScript, int width, bool hasPointer)
    {
        var id = Name("told", hasScript, width);
        await desk.ClaimAsync(id);
        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(desk.Author);
        await editor.FillAsync("of", id);
        await editor.PressAsync("text=Work on it");
        await editor.PressAsync("a:has-text('Record a denial')");
        await editor.FillAsync("party", "ministry");
        await editor.FillAsync("statement", "It is not so");
        await RefusedAsync(editor, "citation");
        await editor.FillAsync("citation", "a letter of 4 August");
        await RecordAsync(editor);
        (await LabelAsync(id)).ShouldBe("denied");

        await OnAsync(editor, id, "Record a position");
        await editor.FillAsync("party", "gazette");
        await editor.ChooseAsync("stance", "corroborates");
        await editor.ChooseAsync("independence", "sameOrigin");
        await editor.FillAsync("citation", "a second letter");
        await RecordAsync(editor);

        await OnAsync(editor, id, "Record a request");
        await editor.FillAsync("requester", "ministry");
        await editor.ChooseAsync("kind", "correction");
        await editor.FillAsync("text", $"Please correct {id}");
        await RecordAsync(editor);
        await desk.Ledger.SettleAsync();

        await editor.GoToAsync("/desk/answers");
        await editor.PressAsync($"tr:has-text('Please correct {id}') a:has-text('Answer')");
        await editor.ChooseAsync("outcome", "agreed");
        await RecordAsync(editor);
        await desk.Ledger.SettleAsync();
        await editor.GoToAsync("/desk/answers");
        (await editor.Page.InnerTextAsync("main")).ShouldNotContain($"Please correct {id}");

        await editor.GoToAsync($"/desk/assertions/{id}");
        await editor.PressAsync("li:has-text('Denial recorded') a:has-text('Withdraw')");
        await editor.FillAsync("reason", "It was said of another report");
        await editor.FillAsync("citation", "a third letter");
        await RecordAsync(editor);
        (await LabelAsync(id)).ShouldNotBe("denied");

        await OnAsync(editor, id, "Restrict access");
        await editor.ChooseAsync("reason", "legal");
        await RecordAsync(editor);
        await editor.TextAsync("Access to it is restricted");
        (await desk.Ledger.GetAsync($"/v1/assertions/{id}")).Response.StatusCode.ShouldBe(System.Net.HttpStatusCode.UnavailableForLegalReasons);
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task An_erasure_is_approved_by_another_principal_and_one_is_rejected(bool hasScript, int width, bool hasPointer)
    {
        var id = Name("gone", hasScript, width);
        using var asking = desk.Ledger.Client(desk.Author);
        foreach (var name in (string[])[id, $"{id}-kept"])
        {
            await desk.ClaimAsync(name, $"An unheard word of {name}");
            using var body = new StringContent(
                $$"""{"assertion": "{{name}}", "fields": ["proposition"], "legalBasis": "order {{name}}."}""", System.Text.Encoding.UTF8, "application/json");
            using var asked = await asking.PostAsync(new Uri("/v1/erasures", UriKind.Relative), body);
            asked.EnsureSuccessStatusCode();
        }

        var (_, secret) = await desk.KeyAsync(Name("second", hasScript, width), "audit", "erase:approve");
        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(secret);
        await DecideAsync($"order {id}.", "Approve and erase", "Approved");
        await DecideAsync($"order {id}-kept.", "Reject", "Rejected");
        (await PropositionAsync(id)).ShouldNotContain("unheard");
        (await PropositionAsync($"{id}-kept")).ShouldContain("unheard");

        async Task DecideAsync(string basis, string decision, string state)
        {
            await editor.PressAsync("nav[aria-label=Desk] a:has-text('Erasures')");
            var request = $"section:has-text('{basis}')";
            await editor.PressAsync($"{request} summary");
            await editor.PressAsync($"{request} button:has-text('{decision}')");
            await editor.Page.Locator($"{request} h2", new() { HasTextString = state }).WaitForAsync();
        }

        async Task<string> PropositionAsync(string name) => (await desk.Ledger.GetAsync($"/v1/assertions/{name}")).Body.GetProperty("proposition").GetString()!;
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task A_key_is_made_gets_a_new_secret_and_is_revoked(bool hasScript, int width, bool hasPointer)
    {
        var name = Name("partner", hasScript, width);
        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(RunningLedger.AdminKey);
        await editor.PressAsync("nav[aria-label=Desk] a:has-text('Keys')");
        await editor.FillAsync("name", name);
        await editor.TickAsync("scope-record");
        await editor.FillAsync("party", "gazette");
        await editor.PressAsync("text=Make it");
        await editor.HeadingAsync("The secret of");
        var first = await editor.Page.InnerTextAsync("#secret");
        (await StatusAsync(first)).ShouldBe(200);

        var key = $"section:has-text('{name}')";
        await editor.PressAsync("main a[href='/desk/keys']");
        await editor.PressAsync($"{key} summary");
        await editor.TickAsync(await editor.Page.Locator($"{key} input[name=at-once]").GetAttributeAsync("id") ?? "");
        await editor.PressAsync($"{key} button:has-text('Give a new secret')");
        await editor.HeadingAsync("The secret of");
        var second = await editor.Page.InnerTextAsync("#secret");
        ((await StatusAsync(first)), (await StatusAsync(second))).ShouldBe((401, 200));

        await editor.PressAsync("main a[href='/desk/keys']");
        await editor.PressAsync($"{key} summary");
        await editor.PressAsync($"{key} button:has-text('Revoke at once')");
        await editor.Page.Locator(key, new() { HasTextString = "revoked" }).WaitForAsync();
        (await StatusAsync(second)).ShouldBe(401);
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task A_parked_delivery_is_tried_again_and_another_is_given_up(bool hasScript, int width, bool hasPointer)
    {
        var id = Name("hook", hasScript, width);
        await desk.Ledger.RecordAsync(
            "/v1/subscriptions", $$"""{"id": "{{id}}", "name": "The {{id}}", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}, "from": "now"}""");
        await using (var parked = desk.Ledger.Store.DataSource.CreateCommand("""
            insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count)
            select $1, n, gen_random_uuid(), 'party-gazette-' || n, 'party_recorded', now(), 'parked', '[]', 10 from generate_series(1, 2) n
            """))
        {
            parked.Parameters.Add(new() { Value = id });
            await parked.ExecuteNonQueryAsync();
        }

        var editor = await OpenAsync(hasScript, width, hasPointer);
        await editor.SignInAsync(RunningLedger.AdminKey);
        await editor.PressAsync("nav[aria-label=Desk] a:has-text('Subscriptions')");
        await editor.PressAsync($"main a:has-text('The {id}')");
        await editor.PressAsync("button:has-text('Skip 1')");
        await editor.Page.Locator("button:has-text('Skip 1')").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await StateAsync(1)).ShouldBe("skipped");
        await editor.PressAsync("button:has-text('Retry 2')");
        await editor.TextAsync("None is parked");
        (await StateAsync(2)).ShouldNotBe("parked");

        async Task<object?> StateAsync(long position)
        {
            await using var state = desk.Ledger.Store.DataSource.CreateCommand("select state from ledger_ops.delivery where subscription = $1 and position = $2");
            state.Parameters.Add(new() { Value = id });
            state.Parameters.Add(new() { Value = position });
            return await state.ExecuteScalarAsync();
        }
    }

    private async Task<Visitor> OpenAsync(bool hasScript, int width, bool hasPointer) => new(await demo.Browser.OpenAsync(desk.Ledger.BaseAddress, hasScript, width), hasPointer);

    /// <summary>Sends the form, and reads that it was recorded.</summary>
    private static async Task RecordAsync(Visitor editor)
    {
        await editor.PressAsync("main form.question button");
        await editor.HeadingAsync("Recorded");
    }

    /// <summary>Sends a form that is refused for a field, which says so beside it; what was written is kept.</summary>
    private static async Task RefusedAsync(Visitor editor, string field)
    {
        await editor.PressAsync("main form.question button");
        await editor.Page.Locator($"[name='{field}'][aria-invalid=true]").WaitForAsync();
    }

    /// <summary>Opens one of the forms of an assertion.</summary>
    private static async Task OnAsync(Visitor editor, string assertion, string form)
    {
        await editor.GoToAsync($"/desk/assertions/{assertion}");
        await editor.PressAsync($"a:has-text('{form}')");
    }

    private static string Name(string what, bool hasScript, int width) => $"{what}-{(hasScript ? "script" : "plain")}-{width}";

    private async Task<string?> LabelAsync(string id) => (await desk.Ledger.GetAsync($"/v1/assertions/{id}")).Body.GetProperty("standing").GetProperty("label").GetString();

    private async Task<int> StatusAsync(string secret)
    {
        using var client = desk.Ledger.Client(secret);
        using var answer = await client.GetAsync(new Uri("/v1/events?limit=1", UriKind.Relative));
        return (int)answer.StatusCode;
    }
}
