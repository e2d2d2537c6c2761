using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class CursorTests
{
    [Theory]
    [InlineData("/v1/events?after=999999", null)]
    [InlineData("/v1/events?after=999999&wait=30s", null)]
    [InlineData("/v1/events/stream?after=999999", null)]
    [InlineData("/v1/events/stream", "9999999")]
    [InlineData("/v1/audit?after=999999", null)]
    [InlineData("/v1/subscriptions/s1/deliveries?after=999999", null)]
    public async Task A_cursor_beyond_the_head_is_refused_and_told_where_the_head_is(string path, string? lastEventId)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/subscriptions", """{"id": "s1", "name": "S", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await ledger.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        problem.GetProperty("type").GetString().ShouldBe("/problems/cursor-beyond-head");
        problem.GetProperty("head").GetInt64().ShouldBe(await ledger.Store.HeadAsync());
        (await ledger.GetAsync($"/v1/events?after={await ledger.Store.HeadAsync()}")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_date_beyond_the_calendar_is_refused_as_lying_in_the_future()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        var (response, problem) = await ledger.PostAsync("/v1/sources/report/versions", """{"edition": "online", "publishedAt": "9999-12-31", "seen": true}""");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("errors").ToString().ShouldContain("lies in the future");
    }

    [Theory]
    [InlineData(@"\u000b")]
    [InlineData(@"\u0001")]
    [InlineData(@"\ufffe")]
    [InlineData(@"\uffff")]
    public async Task A_character_that_XML_cannot_carry_is_shown_as_a_replacement_and_breaks_no_feed(string character)
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        // Such requests are refused today, but an earlier version recorded them.
        var odd = System.Text.RegularExpressions.Regex.Unescape(character);
        var concern = new ConcernExpressed { Publisher = "gazette", Notice = new("n1", $"Odd {odd} 😀 text", "https://example.org/n"), Reason = "odd" };
        var headers = new EventHeaders { RecordedBy = "admin", Tags = ["assertion:c1", "publisher:gazette"] };
        (await ledger.Store.AppendAsync(new([new("assertion-c1", "assertion", 1, [new(Guid.CreateVersion7(), "concern_expressed", EventTypes.SerializeToUtf8(concern), headers)])])))
            .ShouldBeOfType<AppendResult.Appended>();

        var feed = XDocument.Parse(await ledger.Public.GetStringAsync(new Uri("/feeds/corrections.atom", UriKind.Relative)));

        feed.ToString().ShouldContain("Odd \uFFFD");
        feed.ToString().ShouldContain("#128512;");
    }
}
