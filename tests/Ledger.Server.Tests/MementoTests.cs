using System.Globalization;
using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class MementoTests
{
    /// <summary>Two mementos are at least one second apart.</summary>
    private static readonly TimeSpan NextSecond = TimeSpan.FromMilliseconds(1_100);

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_timegate_leads_to_the_memento_of_the_moment_asked_for(string method)
    {
        await using var ledger = await StartWithTwoMementosAsync();
        var mementos = await MementosAsync(ledger, "assertions/c1");
        var (first, last) = (mementos[0], mementos[^1]);
        using var client = Direct(ledger);

        await ExpectAsync(null, last.At, "no header asks for the newest");
        await ExpectAsync("", last.At, "an empty one is as none");
        await ExpectAsync("Fri, 03 Aug 2018 14:05:00 GMT", first.At, "too early gives the first");
        await ExpectAsync("Sat, 01 Jan 2050 00:00:00 GMT", last.At, "too late gives the last");
        await ExpectAsync(last.At.ToString("r", CultureInfo.InvariantCulture), last.At, "exactly the last");
        await ExpectAsync(last.At.AddSeconds(-1).ToString("r", CultureInfo.InvariantCulture), first.At, "just before the last");

        async Task ExpectAsync(string? accept, DateTimeOffset at, string why)
        {
            using var response = await SendAsync(client, method, "/timegate/assertions/c1", accept);
            response.StatusCode.ShouldBe(HttpStatusCode.Found, why);
            response.Headers.Vary.ShouldContain("accept-datetime", why);
            response.Headers.Contains("Memento-Datetime").ShouldBeFalse(why);
            var links = await LinkHeader.ParseAsync(response.Headers.GetValues("Link").ShouldHaveSingleItem());
            links.Single(l => l.Relations.Contains("original")).Target.ShouldBe(new Uri(ledger.BaseAddress, "/v1/assertions/c1").ToString());
            links.Single(l => l.Relations.Contains("timegate")).Target.ShouldEndWith("/timegate/assertions/c1");
            links.Single(l => l.Relations.Contains("timemap")).Target.ShouldEndWith("/timemap/assertions/c1");
            links.Single(l => l.Relations.Contains("first")).Target.ShouldBe(first.Target, why);
            links.Single(l => l.Relations.Contains("last")).Target.ShouldBe(last.Target, why);
            var chosen = links.Single(l => l.Relations.Contains("memento") && l.Target == response.Headers.Location!.ToString());
            DateTimeOffset.ParseExact(chosen.Datetime!, "r", CultureInfo.InvariantCulture).ShouldBe(at, why);
        }
    }

    [Theory]
    [InlineData("2018-08-03T14:05:00Z")]
    [InlineData("yesterday")]
    [InlineData("Fri, 33 Aug 2018 14:05:00 GMT")]
    public async Task A_broken_Accept_Datetime_is_refused(string accept)
    {
        await using var ledger = await StartWithTwoMementosAsync(wait: false);
        using var client = Direct(ledger);

        using var response = await SendAsync(client, "GET", "/timegate/assertions/c1", accept);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("assertions/c1")]
    [InlineData("sources/report")]
    public async Task A_memento_always_shows_the_state_at_the_end_of_its_second(string resource)
    {
        await using var ledger = await StartWithTwoMementosAsync();
        var mementos = await MementosAsync(ledger, resource);
        mementos.Count.ShouldBeGreaterThan(1);

        foreach (var (target, at) in mementos)
        {
            using var response = await ledger.Public.GetAsync(new Uri(target));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("Memento-Datetime").ShouldBe([at.ToString("r", CultureInfo.InvariantCulture)]);
            var links = await LinkHeader.ParseAsync(response.Headers.GetValues("Link").ShouldHaveSingleItem());
            links.ShouldContain(l => l.Target == target && l.Relations.Contains("memento"));
            links.ShouldContain(l => l.Relations.Contains("original") && l.Target.EndsWith($"/v1/{resource}", StringComparison.Ordinal));
            var body = await response.Content.ReadAsStringAsync();
            var position = response.Headers.GetValues("Ledger-Position").Single();
            body.ShouldBe(await ledger.Public.GetStringAsync(new Uri($"/v1/{resource}?asOf={position}", UriKind.Relative)));

            using var head = await SendAsync(ledger.Public, "HEAD", target, null);
            head.StatusCode.ShouldBe(HttpStatusCode.OK);
            head.Headers.GetValues("Memento-Datetime").ShouldBe([at.ToString("r", CultureInfo.InvariantCulture)]);
            (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }

        var texts = await Task.WhenAll(mementos.Select(m => ledger.Public.GetStringAsync(new Uri(m.Target))));
        texts.Distinct().Count().ShouldBe(mementos.Count, "each memento shows another state");
    }

    [Fact]
    public async Task A_memento_of_the_current_second_waits_until_the_second_is_over()
    {
        await using var ledger = await StartWithTwoMementosAsync(wait: false);
        var claim = await ledger.RecordClaimAsync("c2");
        var second = DateTimeOffset.Parse(claim.GetProperty("recordedAt").GetString()!, CultureInfo.InvariantCulture);
        var path = $"/memento/{second.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}/assertions/c2";

        var reading = ledger.GetAsync(path);
        await ledger.RecordAsync("/v1/assertions/c2/denials", """{"party": "ministry", "statement": "No", "contests": "whole", "citation": "a letter"}""");
        var first = (await reading).Body.ToString();

        (await ledger.GetAsync(path)).Body.ToString().ShouldBe(first);
    }

    [Fact]
    public async Task The_original_names_its_timegate_and_a_memento_of_what_was_not_recorded_is_not_found()
    {
        await using var ledger = await StartWithTwoMementosAsync(wait: false);

        foreach (var resource in new[] { "assertions/c1", "sources/report" })
        {
            using var response = await ledger.Public.GetAsync(new Uri($"/v1/{resource}", UriKind.Relative));
            (await LinkHeader.ParseAsync(response.Headers.GetValues("Link").ShouldHaveSingleItem())).Single(l => l.Relations.Contains("timegate")).Target.ShouldEndWith($"/timegate/{resource}");
        }

        foreach (var path in new[] { "/timegate/assertions/none", "/timemap/sources/none", "/memento/20180803000000/assertions/c1", "/memento/2018/assertions/c1" })
        {
            (await ledger.GetAsync(path)).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    private static async Task<RunningLedger> StartWithTwoMementosAsync(bool wait = true)
    {
        var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        if (wait)
        {
            await Task.Delay(NextSecond);
            await ledger.RecordAsync("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "No", "contests": "whole", "citation": "a letter"}""");
            await ledger.RecordAsync("/v1/sources/report/versions", """{"edition": "online", "publishedAt": "2018-08-05", "seen": true}""");
            await Task.Delay(NextSecond);
        }

        return ledger;
    }

    private static async Task<IReadOnlyList<(string Target, DateTimeOffset At)>> MementosAsync(RunningLedger ledger, string resource)
    {
        using var response = await ledger.Public.GetAsync(new Uri($"/timemap/{resource}", UriKind.Relative));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/link-format");
        var links = await LinkHeader.ParseAsync(await response.Content.ReadAsStringAsync());
        links.Single(l => l.Relations.Contains("self")).Target.ShouldEndWith($"/timemap/{resource}");
        var mementos = links.Where(l => l.Relations.Contains("memento")).ToList();
        mementos[0].Relations.ShouldContain("first");
        mementos[^1].Relations.ShouldContain("last");
        return [.. mementos.Select(m => (m.Target, DateTimeOffset.ParseExact(m.Datetime!, "r", CultureInfo.InvariantCulture)))];
    }

    private static HttpClient Direct(RunningLedger ledger) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = ledger.BaseAddress };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? accept)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Datetime", accept);
        }

        return await client.SendAsync(request);
    }
}
