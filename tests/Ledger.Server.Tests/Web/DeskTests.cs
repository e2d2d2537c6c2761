using System.Net;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests.Web;

/// <summary>The actions of the desk, as its forms send them.</summary>
public sealed class DeskTests(DeskLedger desk) : IClassFixture<DeskLedger>
{
    private const string Hostile = "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>\u2066\"'&";

    [Fact]
    public async Task Every_form_records_what_it_says()
    {
        using var client = await desk.SignInAsync(desk.Author);
        await RecordAsync(client, "party", "party_recorded", new() { ["id"] = "union", ["name"] = "The Union", ["kind"] = "body", ["enrolled"] = "yes" });
        await RecordAsync(client, "source", "version_captured", new()
        {
            ["id"] = "decree", ["kind"] = "decree", ["title"] = "A decree", ["publisher"] = "ministry", ["timeZone"] = "Europe/London",
            ["version.edition"] = "print", ["version.publishedAt"] = "2018-08-03", ["version.seen"] = "yes", ["version.text"] = "Line one\r\nLine two", ["version.keepText"] = "yes",
        });
        (await desk.Ledger.GetAsync("/v1/sources/decree")).Body.GetProperty("versions")[0].GetProperty("text").GetString().ShouldBe("Line one\nLine two");
        await RecordAsync(client, "version?target=decree", "version_captured", new() { ["edition"] = "revision" });
        await RecordAsync(client, "claim", "claim_recorded", new()
        {
            ["id"] = "of-desk", ["proposition"] = "It is so", ["source.id"] = "decree", ["source.version"] = "1", ["part"] = "headline", ["modality"] = "hedged",
            ["said1.party"] = "union", ["said1.role"] = "originator", ["said2.description"] = "documents", ["scope.place"] = "Kaluga",
        });
        var claim = (await desk.Ledger.GetAsync("/v1/assertions/of-desk")).Body;
        claim.GetProperty("attribution").GetArrayLength().ShouldBe(2);
        claim.GetProperty("part").GetString().ShouldBe("headline");
        await RecordAsync(client, "denial?target=of-desk", "denial_recorded", new() { ["party"] = "gazette", ["statement"] = "No", ["citation"] = "a letter" });
        await RecordAsync(client, "position?target=of-desk", "position_recorded", new() { ["party"] = "union", ["stance"] = "corroborates", ["independence"] = "sameOrigin", ["citation"] = "a letter" });
        await RecordAsync(client, "request?target=of-desk", "action_requested", new() { ["requester"] = "union", ["kind"] = "correction", ["text"] = "Please correct" });

        await desk.Ledger.SettleAsync();
        var answers = await client.TextAsync("/desk/answers");
        answers.ShouldContain("Please correct");
        var form = WebUtility.HtmlDecode(answers[answers.IndexOf("/desk/record/answer?target=of-desk", StringComparison.Ordinal)..].Split('"')[0]);
        var asked = System.Web.HttpUtility.ParseQueryString(form.Split('?')[1]);
        await RecordAsync(client, form["/desk/record/".Length..], "action_answered", new() { ["request"] = asked["request"]!, ["by"] = asked["by"]!, ["outcome"] = "agreed" });

        var events = (await desk.Ledger.GetAsync("/v1/assertions/of-desk/history")).Body.GetProperty("entries").EnumerateArray().ToList();
        var denial = events.First(e => e.GetProperty("type").GetString() == "denial_recorded").GetProperty("id").GetString();
        await RecordAsync(client, $"withdrawal?target={denial}", "withdrawn", new() { ["reason"] = "A mistake", ["citation"] = "a letter" });
        (await client.TextAsync("/desk/assertions/of-desk")).ShouldContain("Denial recorded");
        using var restricted = await client.SendAsync("/desk/record/restriction?target=of-desk", new() { ["target"] = "of-desk", ["reason"] = "legal" });
        var recorded = restricted.Headers.Location!.ToString();
        (await client.TextAsync(recorded)).ShouldContain("Access to it is restricted");
        using var other = await desk.SignInAsync(desk.Approver);
        using var hidden = await other.GetAsync(recorded);
        hidden.StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
        (await desk.Ledger.GetAsync("/v1/assertions/of-desk")).Response.StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_records_once_and_a_refused_one_keeps_what_was_written()
    {
        using var client = await desk.SignInAsync(desk.Author);
        await desk.ClaimAsync("twice");
        List<KeyValuePair<string, string>> form = [.. DeskClient.Hidden(await client.TextAsync("/desk/record/denial?target=twice")),
            new("target", "twice"), new("party", "ministry"), new("statement", "Not <so>")];
        using var refused = await client.PostAsync("/desk/record/denial", form);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await refused.Content.ReadAsStringAsync();
        page.ShouldContain("Not &lt;so&gt;");
        page.ShouldContain("role=\"alert\"");
        page.ShouldContain("aria-invalid=\"true\"", customMessage: "a citation is missing, and no field says so");

        form.Add(new("citation", "a letter"));
        using var first = await client.PostAsync("/desk/record/denial", form);
        using var second = await client.PostAsync("/desk/record/denial", form);
        first.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        second.Headers.Location.ShouldBe(first.Headers.Location);
        (await desk.Ledger.GetAsync("/v1/assertions/twice")).Body.GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_notice_is_recorded_when_another_person_approved_it_and_once()
    {
        await desk.ClaimAsync("n1", more: """, "figures": [{"name": "people", "value": 1237, "unit": "people"}]""");
        await desk.ClaimAsync("n2", "They are paid");
        using var author = await desk.SignInAsync(desk.Author);
        var fields = Notice(("n1.proposition", "1,273 people work there"), ("n1.figure0", "1273"), ("n2.proposition", "They are not paid"));
        List<KeyValuePair<string, string>> form = [.. DeskClient.Hidden(await author.TextAsync("/desk/notices/new?assertion=n1&assertion=n2&publisher=gazette")), .. fields];
        using var preview = await author.PostAsync("/desk/notices/new", [.. form, new("do", "preview")]);
        preview.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await preview.Content.ReadAsStringAsync()).ShouldContain("<ins>");

        using var sent = await author.PostAsync("/desk/notices/new", [.. form, new("do", "send")]);
        using var again = await author.PostAsync("/desk/notices/new", [.. form, new("do", "send")]);
        var draft = sent.Headers.Location!.ToString();
        again.Headers.Location!.ToString().ShouldBe(draft);
        (await VersionAsync("n1")).ShouldBe(1);
        var own = await author.TextAsync(draft);
        own.ShouldContain("Who wrote it cannot approve it");
        using var alone = await author.PostAsync(draft + "/approval", DeskClient.Hidden(own));
        alone.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await VersionAsync("n1")).ShouldBe(1);

        using var approver = await desk.SignInAsync(desk.Approver);
        using var approved = await approver.SendAsync(draft, [], draft + "/approval");
        approved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        foreach (var (id, text) in new[] { ("n1", "1,273 people work there"), ("n2", "They are not paid") })
        {
            var view = (await desk.Ledger.GetAsync($"/v1/assertions/{id}")).Body;
            view.GetProperty("proposition").GetString().ShouldBe(text);
            view.GetProperty("version").GetInt64().ShouldBe(2);
        }

        (await desk.Ledger.GetAsync("/v1/assertions/n1")).Body.GetProperty("figures")[0].GetProperty("value").GetInt32().ShouldBe(1273);
        var decided = await approver.TextAsync(draft);
        decided.ShouldContain("It is recorded at position");
        decided.ShouldNotContain("are not paid", customMessage: "a decided draft keeps no words");
        using var late = await approver.PostAsync(draft + "/approval", DeskClient.Hidden(decided).Prepend(new("token", DeskClient.Hidden(await approver.TextAsync("/desk/record/party"))[0].Value)));
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await VersionAsync("n1")).ShouldBe(2);
    }

    [Fact]
    public async Task An_approver_sees_later_changes_first_and_a_refusal_leaves_the_draft_open()
    {
        await desk.ClaimAsync("n3");
        using var author = await desk.SignInAsync(desk.Author);
        using var approver = await desk.SignInAsync(desk.Approver);
        using var sent = await author.SendAsync("/desk/notices/new?assertion=n3", Notice(("n3.proposition", "1,273 people work there"), ("do", "send")));
        var draft = sent.Headers.Location!.ToString();
        var looked = DeskClient.Hidden(await approver.TextAsync(draft));
        await desk.Ledger.DenyAsync("n3");

        using var stale = await approver.PostAsync(draft + "/approval", looked);
        stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await stale.Content.ReadAsStringAsync()).ShouldContain("changed since the notice was written");
        (await VersionAsync("n3")).ShouldBe(2);

        await desk.Ledger.RecordAsync("/v1/assertions/n3/retraction", """{"publisher": "gazette", "text": "We retract", "url": "https://gazette.example/r", "reason": "wrong"}""");
        using var refused = await approver.SendAsync(draft, [], draft + "/approval");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await approver.TextAsync(draft)).ShouldContain("Approve and record");

        using var rejected = await author.SendAsync(draft, [], draft + "/rejection");
        rejected.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await author.TextAsync(draft)).ShouldContain("Rejected by");
    }

    [Fact]
    public async Task A_notice_under_embargo_is_seen_by_nobody_before_its_end()
    {
        await desk.ClaimAsync("n4");
        using var author = await desk.SignInAsync(desk.Author);
        using var approver = await desk.SignInAsync(desk.Approver);
        using var sent = await author.SendAsync(
            "/desk/notices/new?assertion=n4", Notice(("n4.proposition", "1,273 people work there"), ("embargo", "2999-01-01T00:00:00Z"), ("do", "send")));
        var draft = sent.Headers.Location!.ToString();
        using var approved = await approver.SendAsync(draft, [], draft + "/approval");
        approved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await desk.Ledger.GetAsync("/v1/assertions/n4")).Response.StatusCode.ShouldBe(HttpStatusCode.UnavailableForLegalReasons);
        using var audited = await desk.Ledger.Http.GetAsync(new Uri("/v1/assertions/n4/history", UriKind.Relative));
        JsonElement.Parse(await audited.Content.ReadAsStringAsync()).GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("type").GetString())
            .ShouldBe(["claim_recorded", "access_restricted", "correction_issued"]);
    }

    [Fact]
    public async Task A_claim_is_recorded_with_its_figures_evidence_links_and_topics()
    {
        await desk.ClaimAsync("upstream", "10,000 permits were given");
        using var author = await desk.SignInAsync(desk.Author);
        Dictionary<string, string> form = new()
        {
            ["id"] = "whole", ["proposition"] = "About 0.50 percent of 12,700 permits", ["source.id"] = "article", ["source.version"] = "1", ["topics"] = "permits, sanctions,, labour ",
            ["said1.party"] = "ministry", ["said1.role"] = "originator", ["said3.description"] = "documents",
            ["figure1.name"] = "permits", ["figure1.value"] = "12,700", ["figure1.unit"] = "permits", ["figure2.name"] = "share", ["figure2.op"] = "≈", ["figure2.value"] = "0.50",
            ["evidence1.exact"] = "some permits", ["evidence1.prefix"] = "We saw", ["link2.to"] = "upstream", ["link2.relation"] = "derivedFrom", ["link2.basis"] = "inferred",
        };
        using var refused = await author.SendAsync("/desk/record/claim", form);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()).ShouldContain("Figure 1, The number: is a number, such as 12700");

        form["figure1.value"] = "12700";
        await RecordAsync(author, "claim", "linked", form);
        var claim = (await desk.Ledger.GetAsync("/v1/assertions/whole")).Body;
        claim.GetProperty("topics").EnumerateArray().Select(t => t.GetString()).ShouldBe(["permits", "sanctions", "labour"]);
        claim.GetProperty("attribution").EnumerateArray().Count().ShouldBe(2);
        claim.GetProperty("figures").EnumerateArray().Select(f => (f.GetProperty("name").GetString(), f.GetProperty("op").GetString(), f.GetProperty("value").GetRawText()))
            .ShouldBe([("permits", "=", "12700"), ("share", "≈", "0.50")]);
        claim.GetProperty("evidence")[0].GetProperty("selector").GetProperty("exact").GetString().ShouldBe("some permits");
        var link = claim.GetProperty("links")[0];
        (link.GetProperty("to").GetString(), link.GetProperty("relation").GetString(), link.GetProperty("basis").GetString()).ShouldBe(("upstream", "derivedFrom", "inferred"));
    }

    [Fact]
    public async Task Hostile_text_is_shown_as_text_on_every_page_of_the_desk()
    {
        using var author = await desk.SignInAsync(desk.Author);
        await RecordAsync(author, "party", "party_recorded", new() { ["id"] = "loud", ["name"] = Hostile, ["kind"] = "person" });
        await RecordAsync(author, "source", "version_captured", new() { ["id"] = "trap", ["kind"] = "report", ["title"] = Hostile, ["publisher"] = "loud", ["version.edition"] = Hostile });
        await RecordAsync(author, "claim", "claim_recorded", new()
        { ["id"] = "trapped", ["proposition"] = Hostile, ["source.id"] = "trap", ["source.version"] = "1", ["scope.place"] = Hostile, ["said1.description"] = Hostile });
        await RecordAsync(author, "request?target=trapped", "action_requested", new() { ["requester"] = "loud", ["kind"] = "removal", ["text"] = Hostile });
        using var sent = await author.SendAsync("/desk/notices/new?assertion=trapped",
            new Dictionary<string, string> { ["publisher"] = "loud", ["kind"] = "correction", ["text"] = Hostile, ["reason"] = Hostile, ["citation"] = Hostile, ["trapped.proposition"] = "plain", ["trapped.place"] = Hostile, ["do"] = "send" });
        var draft = sent.Headers.Location!.ToString();
        await desk.Ledger.SettleAsync();
        string[] pages =
        [
            "/desk", "/desk/answers", "/desk/notices", draft, "/desk/sources/trap", "/desk/assertions/trapped", "/desk/notices/new?assertion=trapped",
            "/desk/record/denial?statement=" + Uri.EscapeDataString(Hostile) + "&target=" + Uri.EscapeDataString(Hostile), "/desk/find?of=" + Uri.EscapeDataString("https://x.example/" + Hostile),
        ];
        foreach (var path in pages)
        {
            var body = await author.TextAsync(path);
            body.ShouldNotContain("<script>", customMessage: path);
            body.ShouldNotContain("<img src=x", customMessage: path);
            body.ShouldNotContain(" style=", customMessage: path);
        }
    }

    [Fact]
    public async Task A_key_is_made_rotated_and_revoked_and_its_secret_is_shown_once()
    {
        using var admin = await desk.SignInAsync(RunningLedger.AdminKey);
        using var made = await admin.SendAsync("/desk/keys", new() { ["name"] = "of the desk", ["scope"] = "audit" });
        var (id, secret) = Secret(await made.Content.ReadAsStringAsync());
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await StatusAsync(secret)).ShouldBe(HttpStatusCode.OK);
        (await admin.TextAsync("/desk/keys")).ShouldNotContain(secret);

        using var rotated = await admin.SendAsync("/desk/keys", new() { ["at-once"] = "yes" }, $"/desk/keys/{id}/rotation");
        var (_, next) = Secret(await rotated.Content.ReadAsStringAsync());
        (await StatusAsync(secret)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(next)).ShouldBe(HttpStatusCode.OK);

        using var revoked = await admin.SendAsync("/desk/keys", [], $"/desk/keys/{id}/revocation");
        (await StatusAsync(next)).ShouldBe(HttpStatusCode.Unauthorized);

        using var nothing = await admin.SendAsync("/desk/keys", new() { ["name"] = "without scopes" });
        nothing.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await nothing.Content.ReadAsStringAsync()).ShouldContain("without scopes");

        static (string Id, string Secret) Secret(string page) => (
            page.Split("The secret of ")[1].Split('<')[0], page.Split("id=\"secret\">")[1].Split('<')[0]);
    }

    [Fact]
    public async Task An_erasure_is_approved_by_another_and_a_parked_delivery_is_skipped()
    {
        await desk.ClaimAsync("gone", "An unheard word");
        using var asking = desk.Ledger.Client(desk.Author);
        using var body = new StringContent("""{"assertion": "gone", "fields": ["proposition"], "legalBasis": "a court order"}""", System.Text.Encoding.UTF8, "application/json");
        using var asked = await asking.PostAsync(new Uri("/v1/erasures", UriKind.Relative), body);
        var id = JsonElement.Parse(await asked.Content.ReadAsStringAsync()).GetProperty("id").GetString();
        var (_, secret) = await desk.KeyAsync("second", "audit", "erase:approve", "subscribe");
        using var client = await desk.SignInAsync(secret);
        (await client.TextAsync("/desk/erasures")).ShouldContain("a court order");
        using var erased = await client.SendAsync("/desk/erasures", [], $"/desk/erasures/{id}/approval");
        erased.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await desk.Ledger.GetAsync("/v1/assertions/gone")).Body.GetProperty("proposition").GetString()!.ShouldNotContain("unheard");

        await desk.Ledger.RecordAsync("/v1/subscriptions", """{"id": "partner", "name": "A partner", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}}""");
        await using (var parked = desk.Ledger.Services.GetRequiredService<EventStore>().DataSource.CreateCommand("""
            insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count)
            values ('partner', 1, gen_random_uuid(), 'party-gazette', 'party_recorded', now(), 'parked', '[]', 10)
            """))
        {
            await parked.ExecuteNonQueryAsync();
        }

        (await client.TextAsync("/desk/subscriptions")).ShouldContain("A partner");
        using var skipped = await client.SendAsync("/desk/subscriptions/partner", [], "/desk/subscriptions/partner/deliveries/1/skip");
        skipped.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await client.TextAsync("/desk/subscriptions/partner")).ShouldContain("None is parked");
    }

    /// <summary>A correction of the publisher, with what the page of the form was filled in with.</summary>
    private static Dictionary<string, string> Notice(params (string Field, string Value)[] more) => new(more.Select(m => KeyValuePair.Create(m.Field, m.Value)))
    {
        ["publisher"] = "gazette", ["kind"] = "correction", ["text"] = "A figure was wrong.", ["reason"] = "A slip", ["url"] = "https://gazette.example/notice", ["materiality"] = "substantive",
    };

    /// <summary>Sends a form and reads the page that says what was recorded.</summary>
    private static async Task RecordAsync(DeskClient client, string form, string type, Dictionary<string, string> fields)
    {
        var target = form.Split("target=").ElementAtOrDefault(1)?.Split('&')[0];
        using var answer = await client.SendAsync($"/desk/record/{form}", target is null ? fields : new(fields) { ["target"] = target });
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, form + await answer.Content.ReadAsStringAsync());
        (await client.TextAsync(answer.Headers.Location!.ToString())).ShouldContain(type.Replace('_', ' '));
    }

    private async Task<long> VersionAsync(string id) => (await desk.Ledger.GetAsync($"/v1/assertions/{id}")).Body.GetProperty("version").GetInt64();

    private async Task<HttpStatusCode> StatusAsync(string secret)
    {
        using var client = desk.Ledger.Client(secret);
        using var answer = await client.GetAsync(new Uri("/v1/erasures", UriKind.Relative));
        return answer.StatusCode;
    }
}
